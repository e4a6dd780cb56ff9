"""What the page of a group's board is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A dance: its place from 1, who danced, 0..100, 0..5 stars.

    Of a file that does not count the ``place`` is 0, and ``told`` says why.
    """

    place: int
    name: str
    told: str = ""
    score: float = 0.0
    stars: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class BoardView:
    """A group's ranking of one song.

    ``title`` and ``terms`` say what is danced; it is number ``which`` of ``of``, from 1; ``status`` is
    the small print, ``notice`` what goes wrong; ``message`` stands where there is no line.
    """

    age_s: float
    title: str = ""
    terms: str = ""
    which: int = 0
    of: int = 0
    lines: tuple[BoardLine, ...] = ()
    chosen: int = 0
    status: str = ""
    notice: str = ""
    message: str = ""
