"""The film of a dance without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.realtime.commands.speaking import say
from kpopdance.realtime.library.mirrored import as_danced

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.performance import Outcome
    from kpopdance.realtime.library.songpack import SongPack


def reel_of(kit: Kit, song: SongPack, outcome: Outcome, terms: Terms, path: Path) -> None:
    """Write a dance whose pictures were kept as a film."""
    filmed = None if outcome.filmed is None else outcome.filmed.result()
    if filmed is None or outcome.track is None:
        return
    from kpopdance.realtime.core.reel_wish import ReelWish
    from kpopdance.realtime.dance.footage import Footage
    from kpopdance.realtime.dance.reel import write_reel
    from kpopdance.realtime.dance.song_sound import sound_of

    track, settings = outcome.track, kit.settings
    footage = Footage(
        song, as_danced(song, terms), outcome.report, track.at_s, track.joints,
        outcome.lag_ms / 1000, filmed.path, terms, scale=filmed.scale,
    )  # fmt: skip
    wish = ReelWish(coach=settings.coach, mirror=settings.mirror)
    say(f"writing {path}: {filmed.pictures} pictures kept, {filmed.left_out} left out")
    write_reel(footage, wish, path, lambda song: sound_of(kit, song))
