"""What goes wrong and can be acted on: the text says what, where, what to do."""

from __future__ import annotations


class DanceError(Exception):
    """Base of every error one can act on; the text says what, where, what to do.

    In one line, however many those words have that a library said and it repeats.
    """

    def __str__(self) -> str:
        """Return the text."""
        return " ".join(super().__str__().split("\n"))


class NetworkError(DanceError):
    """A network or its input cannot be used."""


class ModelError(NetworkError):
    """A network's file cannot be used, in whatever runtime."""


class NotHere(NetworkError):
    """A device that this computer does not have: nothing is wrong, most have none."""


class DeviceFailed(NetworkError):
    """What a network ran on failed, and may fail again: another runtime can take over."""
