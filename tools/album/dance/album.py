"""The dances of the album: each song's page danced to its music's bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.album.dance.choreograph import Danced, dance
from tools.album.dance.page import read_page
from tools.album.layout import PAGES, layout_of

if TYPE_CHECKING:
    from kpopdance.realtime.core.tempo import Tempo

DANCE = ".dance.txt"


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
