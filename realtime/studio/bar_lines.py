"""Beats and bars put right: a tempo as it was tapped, and what began with a bar goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.tempo import BEATS_OF_BAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.studio.editing import Draft

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
LEAST_TAPS: Final = 4
WITH_BAR: Final = 0.25
"""Of a beat: so near to its first one, a section begins with the bar."""
SAME_S: Final = 1e-3


def tempo_of(taps_s: Sequence[float], offset_s: float) -> tuple[float, float] | None:
    """Return the tempo that was tapped and its first beat, the one nearest to ``offset_s``.

    None for less than ``LEAST_TAPS``, and for taps that keep no tempo a song may have.
    """
    if len(taps_s) < LEAST_TAPS:
        return None
    at_s = np.array(taps_s)
    beat_s = float(np.median(np.diff(at_s)))
    if not 60 / FASTEST_BPM <= beat_s <= 60 / SLOWEST_BPM:
        return None
    index = np.rint((at_s - at_s[0]) / beat_s)
    beat_s, first_s = (float(each) for each in np.polyfit(index, at_s, 1))
    first_s += beat_s * round((offset_s - first_s) / beat_s)
    return round(60 / beat_s, 2), round(first_s, 3)


def on_bars(before: Draft, draft: Draft) -> Draft:
    """Return a draft of other bars, whose sections and preview go where the bars went.

    Each begins with the bar of now that is nearest. What began elsewhere than with a bar stays where it
    is, and so does what would come upon another section.
    """
    sections: list[tuple[str, float]] = []
    for name, at_s in draft.sections:
        to_s = _on_bar(before, draft, at_s)
        taken = any(abs(to_s - s) <= SAME_S for _, s in sections)
        sections.append((name, at_s if taken else to_s))
    return replace(
        draft, preview_s=_on_bar(before, draft, draft.preview_s),
        sections=tuple(sorted(sections, key=lambda each: each[1])),
    )  # fmt: skip


def _on_bar(before: Draft, draft: Draft, at_s: float) -> float:
    """Return where what began at a second begins now."""
    beat = before.tempo.beat_at(at_s)
    if abs(beat - BEATS_OF_BAR * round(beat / BEATS_OF_BAR)) > WITH_BAR:
        return at_s
    bar = round(draft.tempo.beat_at(at_s) / BEATS_OF_BAR)
    to_s = round(draft.tempo.second_of(BEATS_OF_BAR * bar), 3)
    return to_s if 0 <= to_s < max(draft.length_s, draft.song_s(-1)) else at_s
