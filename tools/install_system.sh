#!/bin/sh
# Install the system packages that pip cannot bring (Debian and Ubuntu); elsewhere say which.
# usage: install_system.sh play|test
set -u
what=${1:-play}

# python3-venv: makes the virtual environment; libportaudio2: sound; libasound2-plugins: the
# desktop's sound server; libx11, libgl: the window. For the tests also a screen and a sound card
# made of software.
play="python3-venv libportaudio2 libasound2-plugins libx11-6 libxext6 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libegl1 libgl1"
test="xvfb xdotool x11-xkb-utils pulseaudio pulseaudio-utils"
wanted=$play
[ "$what" = test ] && wanted=$test

command -v dpkg-query >/dev/null 2>&1 || {
    echo "This is not Debian or Ubuntu. Please have these installed: Python 3.11+ with venv, PortAudio."
    [ "$what" = test ] && echo "For the tests that need a screen and a sound card: Xvfb, xdotool, PulseAudio."
    exit 0
}
missing=""
for package in $wanted; do
    [ "$package" = python3-venv ] && ${PYTHON:-python3} -c 'import ensurepip' 2>/dev/null && continue
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo"; else
    echo "Some system packages are missing and may not be installed from here. Please run:"
    echo "  sudo apt-get install$missing"
    echo "Going on without them: what needs them will say so."
    exit 0
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# one by one where the list fails as a whole: a package may have another name here
$as apt-get update -qq || true
$as apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || for package in $missing; do
    $as apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
        echo "  $package could not be installed; what needs it will say so."
done
exit 0
