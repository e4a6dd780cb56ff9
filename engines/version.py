"""The game's version, as reports and engines tell it; looked up only when it is told."""

from __future__ import annotations


def our_version() -> str:
    """Return the game's version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("kpopdance")
    except PackageNotFoundError:
        return "not installed"
