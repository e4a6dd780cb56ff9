"""Which songs a list shows, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.library.store import BETWEEN_TERMS, FAVOURITES, Remembered
from kpopdance.realtime.screens.view import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpopdance.realtime.core.ports import Hand

    Found = Mapping[str, PackFacts | str]
    Best = Callable[[str], float | None]

BADLY: Final = 60.0  # a best score below was danced badly
ORDERS: Final = (
    "title", "artist", "tempo", "length", "difficulty", "newest", "last danced", "best",
)  # fmt: skip
ALL: Final = "all songs"
NEW: Final = "not danced yet"
BAD: Final = "danced badly"
STARRED: Final = "favourites"
SEARCH: Final = "search"
NAMING: Final = "playlist"
MOST_TYPED: Final = 80
MOST_NAME: Final = 40
UNKNOWN_LEVEL: Final = 11.0  # behind all others


class Choosing:
    """What a player asks to see of the songs, and the songs that are.

    ``asked`` says it in words, for the screen; ``remembered`` is what the store tells.
    """

    def __init__(self, meant: Callable[[str], set[str] | None]) -> None:
        self._meant = meant
        self._made: tuple[tuple[object, ...], tuple[str, ...]] | None = None
        self.asked = Asked()
        self.remembered = Remembered()

    def names(self, found: Found, best: Best, by: object) -> tuple[str, ...]:
        """Return the songs' names; ``by`` is another object when ``best`` may tell otherwise."""
        asked = self.asked
        if asked.only not in kinds(self.remembered):
            asked = replace(asked, only=ALL)
        self.asked = replace(asked, of=len(found))
        of = (found, self.remembered, asked.order, asked.only, by)
        if self._made is None or not _same(self._made[0], of):
            self._made = of, listed(found, asked.order, asked.only, self.remembered, best)
        searched = asked.field != NAMING
        meant = self._meant(asked.typed + asked.composing) if searched else None
        names = self._made[1]
        return names if meant is None else tuple(name for name in names if name in meant)

    def begin(self, field: str) -> None:
        """Begin to write into a field."""
        typed = self.asked.typed if field == SEARCH else ""
        self.asked = replace(self.asked, field=field, typed=typed)

    def end(self) -> str:
        """Write no longer; return the name of a playlist if that was written."""
        asked = self.asked
        named = (asked.typed + asked.composing).strip() if asked.field == NAMING else ""
        typed = "" if asked.field == NAMING else asked.typed + asked.composing
        self.asked = replace(asked, field="", typed=typed, composing="")
        return named[:MOST_NAME]

    def clear(self) -> bool:
        """Search for nothing any more; return whether there was anything to clear."""
        before = self.asked
        self.asked = replace(before, field="", typed="", composing="")
        return bool(before.field or before.typed)

    def show_all(self) -> None:
        """List all songs again."""
        self.clear()
        self.asked = replace(self.asked, only=ALL)

    def write(self, hand: Hand) -> bool:
        """Take in what is written; return whether it is another text now."""
        asked = self.asked
        typed = (asked.typed + hand.typed)[:MOST_TYPED]
        self.asked = replace(asked, typed=typed, composing=hand.composing[:MOST_TYPED])
        return self.asked != asked

    def take_back(self) -> None:
        """Take the last letter back."""
        self.asked = replace(self.asked, typed=self.asked.typed[:-1])

    def turn(self, what: str) -> None:
        """Go on to the next order, or the next kind."""
        if what == "order":
            self.asked = replace(self.asked, order=_next(ORDERS, self.asked.order))
        else:
            self.asked = replace(
                self.asked, only=_next(kinds(self.remembered), self.asked.only)
            )


def _same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    """Return whether an order still holds: found and remembered are replaced whole."""
    whole = all(one is other for one, other in zip(before[:2], now[:2], strict=True))
    return whole and before[2:] == now[2:]


def _next(names: tuple[str, ...], now: str) -> str:
    return names[(names.index(now) + 1) % len(names)] if now in names else names[0]


def kinds(remembered: Remembered) -> tuple[str, ...]:
    """Return what a list can be narrowed to: all songs first, then by what is remembered."""
    named = (name for name in remembered.playlists if name != FAVOURITES)
    return ALL, STARRED, NEW, BAD, *named


def listed(
    found: Found, order: str, only: str, remembered: Remembered, best: Best
) -> tuple[str, ...]:
    """Return the names of the songs of a kind, in an order; damaged packs come last.

    ``best`` tells a song's best score on the terms it is danced on now, None where there is none.
    """
    chosen = _of_kind(found, only, remembered, best)
    whole = [name for name in chosen if isinstance(found[name], PackFacts)]
    damaged = [name for name in chosen if not isinstance(found[name], PackFacts)]
    key = _key(found, order, remembered, best)
    return (*sorted(whole, key=key), *damaged)


def _of_kind(found: Found, only: str, remembered: Remembered, best: Best) -> list[str]:
    if only == ALL:
        return list(found)
    if only == NEW:
        danced = {
            *remembered.danced,
            *(key.partition(BETWEEN_TERMS)[0] for key in remembered.scores),
        }
        return [name for name in found if name not in danced]
    if only == BAD:
        return [name for name in found if (best(name) or BADLY) < BADLY]
    on = remembered.playlists.get(FAVOURITES if only == STARRED else only, ())
    return [name for name in found if name in on]


def _key(
    found: Found, order: str, remembered: Remembered, best: Best
) -> Callable[[str], tuple[float | str, ...]]:
    last = {name: -number for number, name in enumerate(remembered.danced, 1)}
    of: dict[str, Callable[[str, PackFacts], float | str]] = {
        "title": lambda name, song: "",
        "artist": lambda name, song: song.artist.casefold() or "\U0010ffff",
        "tempo": lambda name, song: song.bpm,
        "length": lambda name, song: song.length_s,
        "difficulty": lambda name, song: (
            UNKNOWN_LEVEL if song.difficulty is None else song.difficulty.level
        ),
        "newest": lambda name, song: -song.recorded_s,
        "last danced": lambda name, song: last.get(name, 0),
        "best": lambda name, song: -(best(name) or 0.0),
    }
    first = of[order]

    def key(name: str) -> tuple[float | str, ...]:
        song = found[name]
        assert isinstance(song, PackFacts)
        return first(name, song), song.title.casefold(), name

    return key
