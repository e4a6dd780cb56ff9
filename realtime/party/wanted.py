"""Which songs a random play dance may take, and in which order they come: the same for one seed."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.errors import DanceError
from kpopdance.engines.texts import one_form
from kpopdance.engines.tongues import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kpopdance.realtime.library.songpack import PackFacts

MOST_MINUTES: Final = 20.0  # it is held in memory, 23 MB a minute
MOST_SEED: Final = 40  # signs
SEEDS: Final = 10_000  # numbers that are given out as seeds


class Span(NamedTuple):
    """From a number to another, both included."""

    least: float = 0.0
    most: float = math.inf

    def holds(self, number: float) -> bool:
        """Return whether a number is within."""
        return self.least <= number <= self.most


ANY: Final = Span()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a random play dance is made of.

    ``seed`` is a word; ``minutes`` how long it goes on, at most ``MOST_MINUTES``; ``artist`` a part of
    the name, in any case; ``years``, ``tempo`` (beats a minute) and ``members`` (their number) spans;
    ``known``: only songs that the player has danced before.
    """

    seed: str = "1"
    minutes: float = 5.0
    artist: str = ""
    years: Span = ANY
    tempo: Span = ANY
    members: Span = ANY
    known: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= MOST_MINUTES:
            raise DanceError(
                _(
                    "a random play dance lasts up to {most:.0f} minutes, not {minutes:g}",
                    most=MOST_MINUTES,
                    minutes=self.minutes,
                )
            )
        if not 0 < len(self.seed) <= MOST_SEED:
            raise DanceError(
                _(
                    "a seed is a word of up to {most} letters; give a shorter one",
                    most=MOST_SEED,
                )
            )

    def takes(self, name: str, facts: PackFacts, danced: Collection[str]) -> bool:
        """Return whether a song may come; of which the year is not known, where any may."""
        return (
            facts.audio is not None
            and _folded(self.artist) in _folded(facts.artist)
            and self.years.holds(facts.year)
            and self.tempo.holds(facts.bpm)
            and self.members.holds(facts.dancers)
            and (not self.known or name in danced)
        )


def any_seed() -> str:
    """Return a seed that nobody chose."""
    return str(random.randrange(SEEDS))


def in_order(
    songs: Mapping[str, PackFacts], wanted: Wanted, danced: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the names of the songs that may come, in their order.

    Each song's place depends on the seed and its own name alone: friends who have some songs more
    hear those that all have in the same order.

    Raises
    ------
    DanceError
        Where there is none.
    """

    def place(name: str) -> bytes:
        told = f"{one_form(wanted.seed)}\n{name}"
        return hashlib.blake2b(told.encode(), digest_size=8).digest()

    names = [name for name, facts in songs.items() if wanted.takes(name, facts, danced)]
    if not names:
        raise DanceError(
            _("none of your {n} songs is as you want it; ask for less", n=len(songs))
        )
    return tuple(sorted(names, key=place))


def _folded(text: str) -> str:
    return one_form(text).casefold().strip()
