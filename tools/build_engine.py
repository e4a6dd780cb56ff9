"""Build a TensorRT engine: ``python tools/build_engine.py openpose [options]``.

The same as ``kpopdance build-engine``; see there for the options.
"""

from __future__ import annotations

import sys

from kpopdance.realtime.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["build-engine", *sys.argv[1:]]))
