"""Where a song's parts, bars and beats are: read from its page of music, for whoever fills them.

A page ``pages/ID.music.toml`` begins with ``title``, ``title_ko``, ``bpm`` and ``form``: a line for each
part, its name and its bars, then ``bpm N`` where the tempo changes with it, ``up N`` where it is played
so many semitones higher.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.tempo import BEATS_OF_BAR, Tempo

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Final = Path(__file__).with_name("pages")
MUSIC: Final = ".music.toml"
GUIDED: Final = "guide/first-steps"
"""The guided song: made like the others, and no song of the list."""


class PageError(DanceError):
    """A page cannot be played; the text names the page, the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a song: bars from ``first_bar`` on (0 is its first), ``higher`` in semitones."""

    name: str
    first_bar: int
    bars: int
    start_s: float
    higher: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """A song's bars, all of four beats; bar 0 begins at song second 0.

    ``song`` is its folder's name; ``tempo`` tells all its beats.
    """

    song: str
    title: str
    title_ko: str
    tempo: Tempo
    parts: tuple[Part, ...]

    @property
    def bars(self) -> int:
        """How many there are."""
        return self.parts[-1].first_bar + self.parts[-1].bars

    @property
    def end_s(self) -> float:
        """Song second where the last bar is over."""
        return self.second_of(self.bars)

    @property
    def bars_s(self) -> tuple[float, ...]:
        """Song second of each bar's first beat."""
        return tuple(self.second_of(bar) for bar in range(self.bars))

    @property
    def sections(self) -> tuple[tuple[str, float], ...]:
        """Name and song second of each part, as packs have them."""
        return tuple((part.name, part.start_s) for part in self.parts)

    def second_of(self, bar: float) -> float:
        """Return the song second of a place inside a bar: 2.25 is the third bar's second beat."""
        return self.tempo.second_of(BEATS_OF_BAR * bar)


def songs() -> tuple[str, ...]:
    """Return the songs that have a page, in the order of their names."""
    return tuple(sorted(path.name.removesuffix(MUSIC) for path in PAGES.glob(f"*{MUSIC}")))


def page_of(song: str) -> Mapping[str, Any]:
    """Return what a song's page of music says.

    Raises
    ------
    PageError
        Where there is none, or it is no TOML.
    """
    path = PAGES / f"{song}{MUSIC}"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PageError(
            f"{path}: is missing; write it, or name one of {', '.join(songs())}"
        ) from None
    except tomllib.TOMLDecodeError as why:
        raise PageError(f"{path}: {why}; correct it") from None


def layout_of(song: str, page: Mapping[str, Any] | None = None) -> Layout:
    """Return a song's layout, from its page if that is read already.

    Raises
    ------
    PageError
        Where something is missing, or a line of ``form`` is not understood.
    """
    page = page_of(song) if page is None else page
    place = f"{PAGES / song}{MUSIC}"
    if missing := {"title", "title_ko", "bpm", "form"} - page.keys():
        raise PageError(f"{place}: lacks {', '.join(sorted(missing))}; add it")
    bpm, changes = float(page["bpm"]), []
    parts: list[Part] = []
    start_s, bar = 0.0, 0
    for line in page["form"].strip().splitlines():
        name, bars, more = _read(line, place)
        if "bpm" in more:
            bpm = float(more["bpm"])
            changes.append((start_s, bpm))
        parts.append(Part(name, bar, bars, start_s, more.get("up", 0)))
        start_s, bar = start_s + bars * BEATS_OF_BAR * 60 / bpm, bar + bars
    tempo = Tempo(float(page["bpm"]), 0.0, tuple(changes))
    return Layout(song, page["title"], page["title_ko"], tempo, tuple(parts))


def _read(line: str, place: str) -> tuple[str, int, dict[str, int]]:
    """Return a part's name, its bars, and what else its line says."""
    words = line.split()
    keys, numbers = [words[0], *words[2::2]], words[1::2]
    if (
        len(words) % 2
        or not set(keys[1:]) <= {"bpm", "up"}
        or not all(map(str.isdigit, numbers))
    ):
        raise PageError(
            f'{place}: the form\'s "{line.strip()}" is not understood; write: NAME BARS [bpm N] [up N]'
        )
    values = dict(zip(keys[1:], map(int, numbers[1:]), strict=True))
    return words[0], int(numbers[0]), values
