"""What a song asks of the one who dances it, kept in memory and on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from msgspec import Meta

from kpopdance.engines.checked import checked
from kpopdance.engines.tongues import _
from kpopdance.realtime.library.kept import keep, kept_name, read_kept
from kpopdance.realtime.library.replay import dance_key
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.scoring.chained import chained
from kpopdance.realtime.scoring.features import LIMB_BONES
from kpopdance.realtime.scoring.marks import Floor
from kpopdance.realtime.scoring.moves import LONGEST_S, SHORTEST_S
from kpopdance.realtime.scoring.standard import (
    Standard,
    asked_windows,
    limb_weights,
    standard_from_choreography,
    untold,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.scoring.standard import Told

MOST_NULL: Final = 0.9  # what a cheat may earn of a dance; more leaves nothing to dance
STANDARDS_KEPT: Final = 4
ROUNDING_S: Final = 1e-6
WAIT_S: Final = 0.05  # between two words while another thread works


_newest: OrderedDict[tuple[object, ...], Standard] = OrderedDict()
_making: Final = threading.Lock()


def standard_of(song: SongPack, terms: Terms, told: Told = untold) -> Standard:
    """Return what a song, as it is danced, asks of the one who dances its lead.

    It takes seconds and is kept, so that dancing again does not wait for it, nor does another day
    (see ``kept``). ``told`` hears how much is done, 0..1; what it raises ends the work.

    Raises
    ------
    SongPackError
        Where it asks for hardly anything.
    """
    if song.excerpts:
        return _of_medley(song, terms, told)
    lead = song.members[song.lead]
    key = (dance_key(lead), song.bpm, song.offset_s, terms, *song.tempo_changes)
    with _alone(told):
        standard = _newest.pop(key, None) or _kept_or_made(song, terms, key, told)
        refuse_nothing(standard, song.title)
        _newest[key] = standard
        while len(_newest) > STANDARDS_KEPT:
            _newest.popitem(last=False)
    return standard


def _of_medley(song: SongPack, terms: Terms, told: Told) -> Standard:
    """Return what a medley asks: each excerpt what it asks for itself, and nothing in between."""
    count = len(song.excerpts)
    parts = [
        (each.at_s, standard_of(each.song, terms, lambda share, n=n: told((n + share) / count)))  # type: ignore[misc]
        for n, each in enumerate(song.excerpts)
    ]
    return chained(song.members[song.lead], parts)


@contextmanager
def _alone(told: Told) -> Iterator[None]:
    """Wait until no other thread works one out: it may be this one. ``told`` may end the wait."""
    while not _making.acquire(timeout=WAIT_S):
        told(0.0)
    try:
        yield
    finally:
        _making.release()


def _kept_or_made(
    song: SongPack, terms: Terms, key: tuple[object, ...], told: Told
) -> Standard:
    lead = song.members[song.lead]
    library = None if song.folder == Path() else song.folder.parent
    name = kept_name("standard", *key)
    with suppress(ValueError):
        facts = checked(read_kept(library, name), StandardFacts)
        return standard_from_facts(lead, terms, facts)
    standard = standard_from_choreography(
        lead,
        bpm=song.bpm,
        first_beat_s=song.offset_s,
        changes=song.tempo_changes,
        terms=terms,
        told=told,
    )
    keep(library, name, asdict(facts_of(standard)))
    return standard


_Second = Annotated[float, Meta(ge=-1e6, le=1e6)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_Shares = dict[str, _Share]


@dataclass(frozen=True, slots=True)
class StandardFacts:
    """What of a ``Standard`` takes seconds to work out, as a file holds it; K moves."""

    start_s: tuple[_Second, ...]
    end_s: tuple[_Second, ...]
    weight: tuple[Annotated[float, Meta(ge=0, le=1000)], ...]
    floor: dict[str, tuple[_Share, ...]]
    null: _Share
    null_upper: _Share
    null_name: str
    nulls: _Shares
    limb_null: _Shares

    def __post_init__(self) -> None:
        columns = [self.start_s, self.end_s, self.weight, *self.floor.values()]
        limbs = set(LIMB_BONES)
        alike = {len(column) for column in columns} == {len(self.start_s)}
        rising = all(begin < end for begin, end in zip(self.start_s, self.end_s, strict=False))
        if not (
            alike and self.start_s and rising and limbs == {*self.floor} == {*self.limb_null}
        ):
            raise ValueError("these are no moves")


def facts_of(standard: Standard) -> StandardFacts:
    """Return what of a standard is worth keeping."""
    floor = {name: tuple(low.tolist()) for name, low in standard.floor.limbs.items()}
    return StandardFacts(
        tuple(standard.start_s.tolist()), tuple(standard.end_s.tolist()),
        tuple(standard.weight.tolist()), floor, standard.null, standard.null_upper,
        standard.null_name, standard.nulls, standard.limb_null,
    )  # fmt: skip


def standard_from_facts(dance: Choreography, terms: Terms, facts: StandardFacts) -> Standard:
    """Return the standard, to the last bit, of a dance that is known to have these facts.

    Raises
    ------
    ValueError
        Where its moves lie elsewhere than the dance.
    """
    start_s, end_s = np.array(facts.start_s), np.array(facts.end_s)
    inside = start_s[0] >= dance.start_s - LONGEST_S and end_s[-1] <= dance.end_s + LONGEST_S
    rising = (start_s[1:] >= end_s[:-1] - ROUNDING_S).all() and (end_s > start_s).all()
    shortest_s = SHORTEST_S - ROUNDING_S if len(start_s) > 1 else 0.0
    if not (inside and rising and (end_s - start_s).min() >= shortest_s):
        raise ValueError("these are another dance's moves")
    rows, windows = asked_windows(dance, start_s, end_s, terms)
    weight = np.array(facts.weight)
    floor = Floor({name: np.array(low) for name, low in facts.floor.items()})
    return Standard(
        dance, terms, start_s, end_s, rows, windows, weight, floor, facts.null, facts.null_upper,
        facts.null_name, facts.nulls, facts.limb_null, limb_weights(weight, floor),
    )  # fmt: skip


def refuse_nothing(standard: Standard, what: str) -> None:
    """Raise SongPackError where nobody is to be copied, or standing still is as good."""
    if not standard.weight.any():
        raise SongPackError(
            _("{what}: the dancer to copy is never seen; record the song again", what=what)
        )
    if standard.null > MOST_NULL:
        rest = "seated" if standard.terms.body == "seated" else "in it"
        raise SongPackError(
            _(
                "{what}: there is nothing to dance {rest}, standing still is as good as the coach; "
                "choose the whole body or another song",
                what=what,
                rest=rest,
            )
        )
