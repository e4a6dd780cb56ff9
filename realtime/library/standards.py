"""What a song asks of the one who dances it, kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.scoring.standard import Standard, standard_from_choreography

if TYPE_CHECKING:
    from kpopdance.realtime.core.terms import Terms

MOST_NULL: Final = 0.9  # what a cheat may earn of a dance; more leaves nothing to dance
STANDARDS_KEPT: Final = 4


@lru_cache(maxsize=STANDARDS_KEPT)
def standard_of(song: SongPack, terms: Terms) -> Standard:
    """Return what a song, as it is danced, asks of the one who dances its lead.

    It takes a second or two and is kept, so that dancing again does not wait for it.

    Raises
    ------
    SongPackError
        Where it asks for hardly anything.
    """
    standard = standard_from_choreography(
        song.members[song.lead], bpm=song.bpm, first_beat_s=song.offset_s, terms=terms
    )
    refuse_nothing(standard, song.title)
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
