"""What goes wrong and can be acted on: the text says what, where, what to do."""

from __future__ import annotations


class DanceError(Exception):
    """Base of every error one can act on; the text says what, where, what to do."""


class NetworkError(DanceError):
    """A network or its input cannot be used."""


class ModelError(NetworkError):
    """A network's file cannot be used, in whatever runtime."""
