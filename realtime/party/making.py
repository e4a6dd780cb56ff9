"""A random play dance made out of the library, song by song."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _, counted
from kpopdance.realtime.library.medley import excerpt_of, medley_of
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.library.songpack import Excerpt, SongPack
    from kpopdance.realtime.party.wanted import Wanted
    from kpopdance.realtime.scoring.standard import Told

    ReadPart = Callable[[Path, float, float], tuple[NDArray[np.float32], int]]

HEARD_S = 0.5  # of a song's sound, read to know that it can be


class Made(NamedTuple):
    """A random play dance, and why songs were left out, a sentence each."""

    song: SongPack
    left_out: tuple[str, ...]


class Source(NamedTuple):
    """Where songs come from: ``load`` returns one by its name, ``read_part`` seconds of its sound."""

    load: Callable[[str], SongPack]
    read_part: ReadPart


def make_medley(
    names: Sequence[str], source: Source, wanted: Wanted, terms: Terms, told: Told
) -> Made:
    """Return the choruses of songs, in order, as many as are wanted; what they ask is known then.

    A song that cannot be danced is left out. ``told`` hears how much is done, 0..1; what it raises
    ends the work.

    Raises
    ------
    DanceError
        Where no song can be danced.
    """
    taken: list[Excerpt] = []
    left_out: list[str] = []
    long_s = 60 * wanted.minutes
    for name in names:
        share = sum(excerpt.end_s for excerpt in taken) / long_s
        if share >= 1:
            break
        told(share)
        try:
            taken.append(_known(source, name, terms, told, share))
        except DanceError as why:
            left_out.append(str(why))
    if not taken:
        raise DanceError(left_out[0])
    told(1.0)
    return Made(_titled(taken, wanted), tuple(left_out))


def _known(source: Source, name: str, terms: Terms, told: Told, share: float) -> Excerpt:
    """Return a song's excerpt, once it is known that it can be heard and what it asks."""
    song = source.load(name)
    excerpt = excerpt_of(song)
    if song.audio is not None:
        source.read_part(song.audio, excerpt.from_s + excerpt.lead_s, HEARD_S)
    standard_of(as_danced(excerpt.song, terms), terms, lambda _: told(share))
    return excerpt


def _titled(taken: list[Excerpt], wanted: Wanted) -> SongPack:
    count = counted("{n} song", "{n} songs", len(taken))
    seed = _("seed {seed}", seed=wanted.seed)
    return medley_of(_("Random play dance"), f"{count} · {seed}", taken)
