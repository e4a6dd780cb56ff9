"""What a key press means; the loop acts on the names."""

from __future__ import annotations

from typing import Final, Literal

Action = Literal[
    "select", "play", "leave", "strictness", "body", "turn",
    "pause", "mirror", "back", "again", "lag",
]  # fmt: skip

ENTER: Final = ("return", "enter", "keypad enter")
