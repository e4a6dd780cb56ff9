"""``python -m kpopdance``: the same as the command ``kpopdance``."""

from __future__ import annotations

import sys

from kpopdance.realtime.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
