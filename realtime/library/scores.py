"""Best scores per song and terms, in one small file."""

from __future__ import annotations

import json
import logging
import math
import os
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from kpopdance.engines.files import set_aside, write_whole
from kpopdance.realtime.core.terms import USUAL

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.terms import Terms

log = logging.getLogger(__name__)


def scores_file() -> Path:
    """Return the usual place of the best scores."""
    return user_data_path("kpopdance", appauthor=False) / "scores.json"


def score_key(slug: str, terms: Terms) -> str:
    """Return under what a song's best score is kept: each terms have their own."""
    return slug if terms == USUAL else f"{slug}/{terms.words}"


def read_scores(path: Path) -> dict[str, float]:
    """Return key -> best score 0..100; a damaged file is set aside and said."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        scores = {str(slug): float(score) for slug, score in told.items()}
    except FileNotFoundError:
        return {}
    except OSError as why:
        log.warning("%s: best scores cannot be read (%s)", path, why)
        return {}
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as why:
        set_aside(path, why)
        return {}
    return {slug: score for slug, score in scores.items() if math.isfinite(score)}


def keep_score(path: Path, key: str, score: float) -> float | None:
    """Write a score if it is the best under its key; return the best before, None for the first.

    Where it cannot be written the log says so: a full disk must not take the result page away.
    """
    if path.exists() and not os.access(path, os.R_OK):
        log.warning("%s: cannot be read, so the best score is not kept", path)
        return None
    scores = read_scores(path)
    before = scores.get(key)
    if before is None or score > before:
        scores[key] = round(score, 1)
        try:
            _write(path, scores)
        except OSError as why:
            log.warning("%s: the best score cannot be kept (%s)", path, why)
    return before


def _write(path: Path, scores: dict[str, float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(scores, indent=1, sort_keys=True))
