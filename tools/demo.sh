#!/bin/sh
# Dance the bundled song with the drawn dancer as the camera. HEADLESS=1: no window, no sound card
# needed; leaves out/demo/result.json, dance.png and result.png.
set -u
BIN=${BIN:-.venv/bin}
song=neon-steps

if [ -n "${HEADLESS:-}" ] && [ "${HEADLESS}" != 0 ]; then
    exec "$BIN/kpopdance" play "$song" --camera dancer --headless --out out/demo
fi
found=$("$BIN/kpopdance" doctor --json) || exit 2
if ! printf '%s' "$found" | "$BIN/python" -c '
import json, sys
found = json.load(sys.stdin)
if not found["sound"]["found"]:
    print("There is no sound card here: the song plays on a silent clock.")
if not found["screen"]["found"]:
    print("There is no screen here, so no window can open.")
    print("The same dance without one:  make demo HEADLESS=1")
    sys.exit(1)
'; then
    exit 2
fi
exec "$BIN/kpopdance" play "$song" --camera dancer
