"""What a song asks of the one who dances it, kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.library.replay import dance_key
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.scoring.standard import Standard, standard_from_choreography, untold

if TYPE_CHECKING:
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.scoring.standard import Told

MOST_NULL: Final = 0.9  # what a cheat may earn of a dance; more leaves nothing to dance
STANDARDS_KEPT: Final = 4


_kept: OrderedDict[tuple[str, float, float, Terms], Standard] = OrderedDict()


def standard_of(song: SongPack, terms: Terms, told: Told = untold) -> Standard:
    """Return what a song, as it is danced, asks of the one who dances its lead.

    It takes seconds and is kept, so that dancing again does not wait for it. ``told`` hears how
    much is done, 0..1; what it raises ends the work.

    Raises
    ------
    SongPackError
        Where it asks for hardly anything.
    """
    lead = song.members[song.lead]
    key = (dance_key(lead), song.bpm, song.offset_s, terms)
    standard = _kept.pop(key, None)
    if standard is None:
        standard = standard_from_choreography(
            lead, bpm=song.bpm, first_beat_s=song.offset_s, terms=terms, told=told
        )
        refuse_nothing(standard, song.title)
    _kept[key] = standard
    while len(_kept) > STANDARDS_KEPT:
        _kept.popitem(last=False)
    return standard


def refuse_nothing(standard: Standard, what: str) -> None:
    """Raise SongPackError where nobody is to be copied, or standing still is as good."""
    if not standard.weight.any():
        raise SongPackError(f"{what}: the dancer to copy is never seen; record the song again")
    if standard.null > MOST_NULL:
        rest = "seated" if standard.terms.body == "seated" else "in it"
        raise SongPackError(
            f"{what}: there is nothing to dance {rest}, standing still is as good as the "
            "coach; choose the whole body or another song"
        )
