"""The dances of the album: each song's page danced to its music's bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.album.dance.choreograph import Danced, dance
from tools.album.dance.page import read_page
from tools.album.layout import PAGES, layout_of, songs

if TYPE_CHECKING:
    from kpopdance.realtime.core.tempo import Tempo

DANCE = ".dance.txt"


def dances() -> tuple[str, ...]:
    """Return the songs whose dance is written; Neon Steps' is older, and kept as its pack has it."""
    return tuple(filter(has_page, songs()))


def has_page(song: str) -> bool:
    """Return whether a song's dance is written."""
    return (PAGES / f"{song}{DANCE}").is_file()


def danced_song(song: str) -> tuple[Danced, Tempo]:
    """Return what everybody dances to a song of the album, and its beats.

    Raises
    ------
    DanceError
        Where a page is missing or not understood.
    """
    layout = layout_of(song)
    sections = [(part.name, part.bars) for part in layout.parts]
    page = read_page(PAGES / f"{song}{DANCE}")
    return dance(page, sections, layout.tempo, layout.end_s), layout.tempo
