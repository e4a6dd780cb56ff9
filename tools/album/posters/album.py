"""Which poster a song has: drawn from its pack, the same bytes each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.album.posters import day, night

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.songpack import SongPack
    from tools.album.posters.paper import Paper

DESIGNS: Final[dict[str, Callable[[SongPack, str, str], Paper]]] = {
    "moonlight-walk": night.moonlight,
    "paper-plane": day.paper_plane,
    "soda-talk": day.soda_talk,
    "summer-signal": day.summer_signal,
    "two-faces": day.two_faces,
    "half-moon": night.half_moon,
    "black-comet": night.comet,
    "neon-steps": night.neon,
}
"""By the song's folder."""
SEED: Final = 18


def poster(song: str, pack: SongPack) -> bytes:
    """Return a song's cover, a JPEG; ``pack`` is titled as ``Half Moon (반달)``."""
    title, _, hangul = pack.title.removesuffix(")").partition(" (")
    return DESIGNS[song](pack, title, hangul).printed(SEED)
