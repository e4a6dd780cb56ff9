"""What a key press means; the loop acts on the names."""

from __future__ import annotations

from typing import Final, Literal

Action = Literal["select", "play", "leave", "pause", "mirror", "back", "again"]

ENTER: Final = ("return", "enter", "keypad enter")
