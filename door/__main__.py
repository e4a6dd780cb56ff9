"""``python -m kpopdance``: the same as the command ``kpopdance``."""

from __future__ import annotations

from kpopdance.realtime.__main__ import program

if __name__ == "__main__":
    program()
