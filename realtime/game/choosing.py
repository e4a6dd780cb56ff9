"""Which songs a list shows, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.library.store import BETWEEN_TERMS, FAVOURITES, Remembered
from kpopdance.realtime.screens.view import Asked
from kpopdance.realtime.shell.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Hand

    Found = Mapping[str, PackFacts | str]
    Best = Callable[[str], float | None]
    _Made = tuple[tuple[object, ...], tuple[str, ...]]
    """What an order was made of, and the songs' names in it."""

BADLY: Final = 60.0  # a best score below was danced badly
ORDERS: Final = (
    N_("title"), N_("artist"), N_("tempo"), N_("length"), N_("difficulty"), N_("newest"),
    N_("last danced"), N_("best"),
)  # fmt: skip
ALL: Final = N_("all songs")
NEW: Final = N_("not danced yet")
BAD: Final = N_("danced badly")
STARRED: Final = N_("favourites")
SEARCH: Final = "search"
NAMING: Final = "playlist"
MOST_TYPED: Final = 80
MOST_NAME: Final = 40


class Searching:
    """Finds songs, where there are many of them beside the window: what was found before stands so long.

    ``meant`` finds by what is typed, ``few`` tells whether that takes no time.
    """

    def __init__(
        self, meant: Callable[[str], set[str] | None], few: Callable[[], bool]
    ) -> None:
        self._meant, self._few = meant, few
        self._typed: str | None = None
        self._found: set[str] | None = None
        self._coming: Future[tuple[str, set[str] | None]] | None = None

    def __call__(self, typed: str) -> set[str] | None:
        """Return the names of the songs that are meant, None where nothing is searched for."""
        if typed == self._typed:
            return self._found
        if not typed or self._few():
            self._typed, self._found = typed, self._meant(typed)
        elif self._coming is None:
            self._coming = beside(lambda: (typed, self._meant(typed)))
        return self._found

    def news(self) -> bool:
        """Take what was found beside; return whether something was."""
        if self._coming is None or not self._coming.done():
            return False
        (self._typed, self._found), self._coming = self._coming.result(), None
        return True

    def again(self) -> None:
        """Search anew at the next call: the songs are other ones."""
        self._typed = None


class Choosing:
    """What a player asks to see of the songs, and the songs that are.

    ``asked`` says it in words, for the screen; ``remembered`` is what the store tells. Where there are
    many songs, another order is made beside the window: the one before stands so long.
    """

    def __init__(
        self, meant: Callable[[str], set[str] | None], few: Callable[[], bool] = lambda: True
    ) -> None:
        self._meant, self._few = meant, few
        self._made: _Made | None = None
        self._coming: Future[_Made] | None = None
        self._titled: tuple[Found, list[str]] | None = None
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
            remembered = self.remembered
            self._arrange(
                found, of, lambda: listed(found, self._by_title(found), asked, remembered, best)
            )
        assert self._made is not None
        searched = asked.field != NAMING
        meant = self._meant(asked.typed + asked.composing) if searched else None
        names = self._made[1]
        return names if meant is None else tuple(name for name in names if name in meant)

    def _by_title(self, found: Found) -> list[str]:
        titled = self._titled
        if titled is None or titled[0] is not found:
            self._titled = titled = found, by_title(found)
        return titled[1]

    def _arrange(
        self, found: Found, of: tuple[object, ...], work: Callable[[], tuple[str, ...]]
    ) -> None:
        """Put the songs in order: at once where one is gone, or there are few of them."""
        made = self._made
        if made is None or self._few() or not all(name in found for name in made[1]):
            self._made = of, work()
        elif self._coming is None:
            self._coming = beside(lambda: (of, work()))

    def news(self) -> bool:
        """Take what was made beside the window; return whether something was."""
        if self._coming is None or not self._coming.done():
            return False
        self._made, self._coming = self._coming.result(), None
        return True

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


def by_title(found: Found) -> list[str]:
    """Return the names of songs by their titles; damaged packs come last."""
    title = {
        name: song.title.casefold()
        for name, song in found.items()
        if isinstance(song, PackFacts)
    }
    return sorted(title, key=title.__getitem__) + [name for name in found if name not in title]


def listed(
    found: Found, titled: list[str], asked: Asked, remembered: Remembered, best: Best
) -> tuple[str, ...]:
    """Return the names of the songs of the kind that is asked for, in the order that is.

    ``titled`` are all of them by their titles; ``best`` tells a song's best score on the terms it is
    danced on now, None where there is none.
    """
    chosen = _of_kind(titled, asked.only, remembered, best)
    if asked.order == "title":
        return tuple(chosen)
    value = _values(found, asked.order, remembered, best)
    return tuple(sorted(chosen, key=lambda name: value.get(name, _LAST)))


def _of_kind(titled: list[str], only: str, remembered: Remembered, best: Best) -> list[str]:
    if only == ALL:
        return titled
    danced = _danced(remembered)
    if only == NEW:
        return [name for name in titled if name not in danced]
    if only == BAD:
        return [name for name in titled if name in danced and (best(name) or BADLY) < BADLY]
    on = remembered.playlists.get(FAVOURITES if only == STARRED else only, ())
    return [name for name in titled if name in on]


def _danced(remembered: Remembered) -> set[str]:
    return {*remembered.danced, *(key.partition(BETWEEN_TERMS)[0] for key in remembered.scores)}


_LAST: Final = (1, 0.0)


def _values(
    found: Found, order: str, remembered: Remembered, best: Best
) -> Mapping[str, tuple[int, float | str]]:
    """Return what songs are put in order by; those that have none, and damaged packs, come last."""
    if order == "last danced":
        return {name: (0, -number) for number, name in enumerate(remembered.danced)}
    if order == "best":
        score = {name: best(name) for name in _danced(remembered)}
        return {name: (0, -told) for name, told in score.items() if told is not None}
    songs = {name: song for name, song in found.items() if isinstance(song, PackFacts)}
    if order == "artist":
        return {
            name: (0, song.artist.casefold()) for name, song in songs.items() if song.artist
        }
    if order == "difficulty":
        hard = {name: song.difficulty for name, song in songs.items()}
        return {name: (0, told.level) for name, told in hard.items() if told is not None}
    told_by: Callable[[PackFacts], float] = {
        "tempo": lambda song: song.bpm,
        "length": lambda song: song.length_s,
        "newest": lambda song: -song.recorded_s,
    }[order]
    return {name: (0, told_by(song)) for name, song in songs.items()}
