#!/bin/sh
# Make the checkout's folders importable as kpopdance.FOLDER, for tools that read files and ask no
# import hooks (mypy, lint-imports): a folder kpopdance/ of links inside the environment.
# usage: link_checkout.sh VENV
set -eu
tree=$1/checkout
rm -rf "$tree"
mkdir -p "$tree/kpopdance"
for place in engines realtime songs door/__init__.py door/__main__.py door/py.typed; do
    ln -s "$PWD/$place" "$tree/kpopdance/"
done
site=$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
(cd "$tree" && pwd) > "$site/kpopdance-checkout.pth"
