"""Dances as the store keeps them: one, and weeks of somebody who gets better."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from kpopdance.realtime.core.progress import Danced, DancedMove, Moment
from kpopdance.realtime.library.store import add_score

LIMBS = ("right_arm", "left_arm", "right_leg", "left_leg", "torso")
SONGS = {
    "neon-steps": "네온 스텝",
    "starlight": "Starlight",
    "bunny-hop": "Bunny Hop",
    "moon": "달빛 (Moonlight)",
}
NOON = Moment(1_795_921_200.0, 32_400)  # 2026-11-29, in Seoul


def danced(slug="neon", *, began=NOON, title="", score=70.0, danced_s=180.0, **more):
    """A dance of a song; ``more`` as in ``Danced``."""
    return Danced(
        began, slug, title or slug, danced_s, score, min(int(score) // 20, 5),
        **{
            "grades": {"PERFECT": 3, "MISS": 1}, "limbs": dict.fromkeys(LIMBS, score), "lag_ms": 12.0,
            "moves": (DancedMove(0.0, 80.0), DancedMove(2.0, 60.0)), **more,
        },
    )  # fmt: skip


def keep_score(store, key, score):
    """Keep a best score alone; return the one before."""
    return store.write(lambda db, player: add_score(db, player, key, score))


def weeks_of_dances(weeks=1, *, seed=4, ends=NOON, a_day=6):
    """Dances of so many weeks, oldest first: scores rise, legs lag behind, two days are left out."""
    rng, dances = np.random.default_rng(seed), []
    for back in range(7 * weeks - 1, -1, -1):
        if back % 7 in (3, 4):
            continue
        for number in range(a_day):
            slug = list(SONGS)[(back + number) % len(SONGS)]
            skill = 1 - 0.97 ** (7 * weeks - back) + 0.02 * number
            score = float(np.clip(45 + 45 * skill + rng.normal(0, 4), 0, 100))
            limbs = {
                limb: float(
                    np.clip(score + (-14 if "leg" in limb else 5) + rng.normal(0, 3), 0, 100)
                )
                for limb in LIMBS
            }
            moves = tuple(
                DancedMove(
                    2.0 * k, float(np.clip(score + 22 * np.sin(k) + rng.normal(0, 4), 0, 100))
                )
                for k in range(24)
            )
            grades = {"PERFECT": int(score / 6), "GREAT": 5, "GOOD": 3, "OK": 2, "MISS": 1}
            began = ends.before(86_400.0 * back + 600.0 * (a_day - number))
            lag_ms = float(90 - 80 * skill + rng.normal(0, 12))
            dances.append(
                danced(
                    slug, began=began, title=SONGS[slug], score=score, limbs=limbs, moves=moves,
                    grades=grades, lag_ms=lag_ms, danced_s=170.0 + 20 * (number % 3),
                )
            )  # fmt: skip
    return dances


def now_of(moment=NOON):
    """The date and time of a moment."""
    return datetime.fromtimestamp(moment.at_s, UTC).astimezone(
        timezone(timedelta(seconds=moment.offset_s))
    )
