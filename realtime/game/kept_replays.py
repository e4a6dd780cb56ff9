"""Dances kept to be judged again."""

from __future__ import annotations

import logging
from dataclasses import asdict
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.library.replay import Replay, save_replay

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.game.kit import Kit
    from kpopdance.realtime.game.loop import DanceSession

log = logging.getLogger(__name__)


def keep_replay(
    kit: Kit, session: DanceSession, report: Report, dance: str, terms: Terms
) -> None:
    """Save a dance where the settings want replays; a full disk only takes the replay."""
    folder, slug, track = kit.settings.replay_folder, session.song.slug, session.track
    if folder is None:
        return
    replay = Replay(
        track.at_s.copy(), track.joints.copy(), np.array(session.judged_at, dtype=np.int64),
        np.array(session.faults, dtype=np.float64).reshape(-1, 2), slug,
        dance, kit.version, kit.eyes.name,
        report.score, kit.settings.player_lag_ms / 1000, **asdict(terms),
    )  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_replay(free_name(folder, slug), replay)
    except OSError as why:
        log.warning("%s: the replay cannot be kept (%s)", folder, why)


def free_name(folder: Path, slug: str) -> Path:
    """Return the first free name for a replay: SLUG-001.npz, SLUG-002.npz ..."""
    taken = {path.name for path in folder.glob(f"{slug}-*.npz")}
    names = (f"{slug}-{k:03d}.npz" for k in count(1))
    return folder / next(name for name in names if name not in taken)
