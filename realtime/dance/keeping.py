"""What a dance leaves, stored: nothing is told as kept before it lies on the disk."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.files import discard, move_to_free, part_of, reason_of, sweep
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.progress import Danced, DancedMove, moment_of
from kpopdance.realtime.library.history import keep_dance
from kpopdance.realtime.library.practised import take_practised
from kpopdance.realtime.library.replay import save_replay
from kpopdance.realtime.library.store import StoreError, score_key
from kpopdance.realtime.scoring.practice import brought_in_words
from kpopdance.realtime.scoring.repeats import repeats_of, spans_s

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.progress import Moment
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.performance import Outcome
    from kpopdance.realtime.library.replay import Replay
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.library.store import Store

log = logging.getLogger(__name__)

SPOKEN: Final = {
    "score": N_("Your score"), "replay": N_("The replay"),
    "practice": N_("What practice brought"),
}  # fmt: skip


class Keeping:
    """Stores a dance's score and replay; ``store`` again tries what could not be stored.

    Attributes
    ----------
    counts : bool
        Whether its score is to be kept: a player danced it, and enough was judged.
    best_before : float or None
        The best score before this dance; None where it is the first.
    earlier : tuple of float
        The scores of this song on these terms before it, oldest first.
    replay : Path or None
        Where the replay was written.
    brought : tuple of str
        What practice brought since the dance before, in words.
    reasons : tuple of (what, why)
        What is not stored; empty when all is.
    """

    def __init__(self, kit: Kit, outcome: Outcome, song: SongPack, terms: Terms) -> None:
        self._kit, self._outcome, self._song = kit, outcome, song
        self._key = score_key(song.slug, terms)
        self._danced = danced_of(outcome.report, song, terms, moment_of(kit.local_now()))
        self.counts = kit.keeps_scores and outcome.report.complete
        self.best_before: float | None = None
        self.earlier: tuple[float, ...] = ()
        self.replay: Path | None = None
        self.brought: tuple[str, ...] = ()
        self.reasons: tuple[tuple[str, str], ...] = ()
        self._left = {
            "score": self._score, "replay": self._replay, "practice": self._practice,
        }  # fmt: skip

    def store(self) -> Keeping:
        """Store what is not stored yet; return this, with ``reasons`` for what still is not."""
        reasons = []
        for what, store in list(self._left.items()):
            try:
                store()
            except StoreError as why:
                reasons.append((what, why.reason))
                log.warning("%s is not saved: %s", SPOKEN[what], why)
            except OSError as why:
                reasons.append((what, reason_of(why)))
                folder = self._kit.settings.replay_folder
                log.warning("%s is not saved: %s: %s", SPOKEN[what], folder, reason_of(why))
            else:
                del self._left[what]
        self.reasons = tuple(reasons)
        return self

    @property
    def problem(self) -> str:
        """One sentence that says what is not saved and why; empty where all is."""
        if not self.reasons:
            return ""
        return self._problems[0]

    @property
    def _problems(self) -> list[str]:
        return [
            _("{what} is not saved: {why}.", what=_(SPOKEN[what]), why=why)
            for what, why in self.reasons
        ]

    @property
    def score_stored(self) -> bool:
        """Whether the score is on the disk, or needs not be."""
        return "score" not in self._left

    @property
    def facts(self) -> dict[str, Any]:
        """Return what ``--json`` prints of it."""
        return {
            "score": self.counts and self.score_stored and self._kit.store.keeps,
            "replay": None if self.replay is None else str(self.replay),
            "problems": self._problems,
        }  # fmt: skip

    def _score(self) -> None:
        store = self._kit.store
        if self._kit.keeps_scores:
            self.best_before, self.earlier = keep_dance(store, self._danced, self._key)
        else:
            with suppress(StoreError):  # a best score not known is no loss
                self.best_before = store.best_scores().get(self._key)

    def _replay(self) -> None:
        folder, replay = self._kit.settings.replay_folder, self._outcome.replay
        if folder is not None and replay is not None:
            self.replay = keep_replay(folder, named(replay, self._kit.store))
        self._outcome.replay = None  # half a megabyte, of every dance of an evening

    def _practice(self) -> None:
        if self.counts:
            song, moves = self._song, self._outcome.report.moves
            judged = [move for move in moves if move.judged]
            starts_s = [move.start_s for move in judged]
            before = take_practised(self._kit.store, self._key, starts_s)
            repeats = repeats_of(song.members[song.lead], *spans_s(moves)) if before else ()
            self.brought = brought_in_words(judged, before, repeats)


def named(replay: Replay, store: Store) -> Replay:
    """Return a replay with the name of who plays; of a guest, or where it cannot be read, none."""
    with suppress(StoreError):
        return replace(replay, player=store.remembered().name if store.keeps else "")
    return replay


def danced_of(report: Report, song: SongPack, terms: Terms, ended: Moment) -> Danced:
    """Return a dance as it is kept."""
    moves = (
        DancedMove(move.start_s, move.score if move.judged else None) for move in report.moves
    )
    return Danced(
        ended.before(song.length_s), song.slug, song.title, song.length_s, report.score,
        report.stars, terms.words, counts=report.complete, lag_ms=report.lag_ms,
        grades=report.counts, limbs=report.limbs, moves=tuple(moves),
    )  # fmt: skip


def keep_replay(folder: Path, replay: Replay) -> Path:
    """Write a replay under the first free name: SLUG-001.npz, SLUG-002.npz ...; return that.

    Raises
    ------
    OSError
        Where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = part_of(folder / "replay.npz")
    try:
        save_replay(part, replay)
        sweep(folder, part.stat().st_mtime)
        return move_to_free(part, (folder / f"{replay.song}-{k:03d}.npz" for k in count(1)))
    finally:
        discard(part)
