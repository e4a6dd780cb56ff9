"""The game's version, as reports and engines tell it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def our_version() -> str:
    """Return the game's version."""
    try:
        return version("kpopdance")
    except PackageNotFoundError:
        return "not installed"
