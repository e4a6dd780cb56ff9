"""Make a song pack from a dance video: ``python tools/record_choreography.py VIDEO [options]``.

The same as ``kpopdance record``; see there for the options.
"""

from __future__ import annotations

import sys

from kpopdance.realtime.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["record", *sys.argv[1:]]))
