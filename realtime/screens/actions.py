"""What a key press means, and what lies under the mouse; the loop acts on the names."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Choose = Literal[
    "choose 1", "choose 2", "choose 3", "choose 4", "choose 5", "choose 6", "choose 7", "choose 8",
    "choose 9",
]  # fmt: skip
Buzz = Literal["buzz 1", "buzz 2", "buzz 3", "buzz 4"]
Action = Literal[
    "select", "play", "quiz", "leave", "strictness", "body", "turn",
    "pause", "mirror", "coach", "everybody", "another", "back", "again", "lag", "camera", "save",
    "up", "down", "submit", "next", "hint", "replay", "mute", "copy",
    "choose 1", "choose 2", "choose 3", "choose 4", "choose 5", "choose 6", "choose 7", "choose 8",
    "choose 9", "buzz 1", "buzz 2", "buzz 3", "buzz 4", "new", "edit",
    "left", "right", "bar back", "bar on", "begin", "end", "closer", "farther", "write", "field",
    "swap", "cut", "join", "drop", "lead", "tap", "offset", "section", "no section", "chorus",
    "undo", "redo", "parent", "search", "order", "only", "star", "playlist", "stop writing",
    "players", "history", "colour", "goal", "remove", "export", "face", "setup", "doctor",
    "practise", "random", "group", "ghost", "steps", "whole", "delay", "best", "microphone", "guide",
    "board", "clip", "shape", "look", "card", "keep",
]  # fmt: skip

CHOOSE: Final[tuple[Choose, ...]] = (
    "choose 1", "choose 2", "choose 3", "choose 4", "choose 5", "choose 6", "choose 7", "choose 8",
    "choose 9",
)  # fmt: skip
"""Marks a choice; ``CHOOSE.index(action)`` is which."""
BUZZ: Final[tuple[Buzz, ...]] = ("buzz 1", "buzz 2", "buzz 3", "buzz 4")
"""A player's buzzer; ``BUZZ.index(action)`` is whose."""
ENTER: Final = ("return", "enter", "keypad enter")
CAPS: Final = {
    "Esc": "escape", "Enter": "return", "Del": "delete", "←": "left", "→": "right", "↑": "up",
    "↓": "down", "F11": "", "1-4": "",
}  # fmt: skip
"""Names of keys that do not stand on them; none: the window's own, or several at once."""


class Target(NamedTuple):
    """What lies under the mouse: a choice and ``which``, or a button that does what its action does.

    In the studio: a ``chip``, which of the keys that are listed; a ``member``, a ``name`` to write;
    a ``moment`` of the song and the ``first beat``, ms; a ``film`` of the list. In the song list: a
    ``card``, and what says which of them are shown, who ``players`` are and their ``history``. On the
    set-up page: a ``row``, a ``less`` or ``greater`` of its value, a ``camera``. On any page: a
    ``key`` that is drawn there.
    """

    kind: Literal[
        "choice", "submit", "next", "hint", "replay", "copy", "again", "leave", "save",
        "chip", "member", "name", "moment", "first beat", "film", "card", "search", "order", "only",
        "players", "history", "face", "row", "less", "greater", "camera", "move", "practise", "best",
        "key", "board",
    ]  # fmt: skip
    which: int = 0


def pressed_by(cap: str) -> str:
    """Return the name of the key on which this stands; empty where a click cannot press it."""
    return CAPS.get(cap, cap.lower())
