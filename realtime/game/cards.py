"""The lines of the song list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.view import SongCard

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.songpack import PackFacts


class Cards(Sequence[SongCard]):
    """The lines of the song list, each made when it is looked at."""

    def __init__(self, slugs: tuple[str, ...], card: Callable[[str], SongCard]) -> None:
        self.slugs, self._card = slugs, card

    def __len__(self) -> int:
        return len(self.slugs)

    def place(self, slug: str) -> int | None:
        """Return where a song is; None where it is not."""
        return self.slugs.index(slug) if slug in self.slugs else None

    @overload
    def __getitem__(self, number: int) -> SongCard: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[SongCard]: ...

    def __getitem__(self, number: int | slice) -> SongCard | Sequence[SongCard]:
        if isinstance(number, slice):
            return Cards(self.slugs[number], self._card)
        return self._card(self.slugs[number])


def card_of(
    slug: str, song: PackFacts | str, best: float | None, *, starred: bool = False
) -> SongCard:
    """Return a pack's line in the song list; of a damaged one, what is wrong with it."""
    if isinstance(song, str):
        return SongCard(slug, slug, "", "", 0.0, 0.0, 0, problem=song)
    hard = song.difficulty
    return SongCard(
        slug, song.title, song.artist, song.language, song.bpm, song.length_s,
        song.dancers, best, "", None if hard is None else hard.level,
        "" if hard is None else ", ".join(map(_, hard.reasons)), starred, colours=song.colours,
    )  # fmt: skip
