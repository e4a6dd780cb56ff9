"""Beats put right: a tempo as it is tapped, and sections that follow their bars."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.studio.bar_lines import tempo_of
from kpopdance.realtime.studio.editing import Edit, edited
from tests.realtime.studio.test_editing import did

BAR_S = 2.0  # at 120 beats a minute
HEARD = (("intro", 0.5), ("verse", 8.49), ("fill", 11.6), ("chorus", 16.5))


@pytest.mark.parametrize("bpm", [62.0, 120.0, 187.5])
def test_a_tempo_is_what_was_tapped(bpm):
    rng, beat_s = np.random.default_rng(3), 60 / bpm
    taps = 3.21 + beat_s * np.array([0, 1, 2, 3, 5, 6, 7, 8]) + rng.normal(0, 0.01, 8)
    told = tempo_of(list(taps), offset_s=0.5)
    assert told[0] == pytest.approx(bpm, rel=0.01)
    assert abs(told[1] - 0.5) <= beat_s / 2 + 0.01
    off = (told[1] - 3.21) / beat_s
    assert abs(off - round(off)) < 0.06


@pytest.mark.parametrize("taps", [[1, 1.5, 2], [1, 1, 1, 1], [1, 9, 17, 25], []])
def test_what_is_no_tempo_is_none(taps):
    assert tempo_of(taps, 0.0) is None


def heard(**told):
    """A draft of 40 s whose bars begin at 0.5, 2.5 ...; the fill begins with no bar."""
    draft = dataclasses.replace(
        did("title t"), length_s=40.0, bpm=120.0, offset_s=0.5, sections=HEARD, preview_s=16.5
    )
    return dataclasses.replace(draft, **told)


MOVED = {
    "the first beat a little later": ("offset 0.62", [0.62, 8.62, 11.6, 16.62], 16.62),
    "a bar that begins on what was its second beat": ("offset 1.0", [1.0, 9.0, 11.6, 17.0], 17.0),
    "on what was its fourth": ("offset 2.0", [0.0, 8.0, 11.6, 16.0], 16.0),
    "twice as fast: all bars stay": ("bpm 240", [0.5, 8.5, 11.6, 16.5], 16.5),
    "the tempo tapped": ("bpm 121@0.6", [0.6, 8.534, 11.6, 16.468], 16.468),
    "half as fast": ("bpm 60", [0.5, 8.5, 11.6, 16.5], 16.5),
    "nothing changed": ("bpm 120@0.5", [0.5, 8.5, 11.6, 16.5], 16.5),
}  # fmt: skip


@pytest.mark.parametrize("what", MOVED)
def test_what_begins_with_a_bar_goes_where_the_bar_goes(what):
    words, wanted_s, preview_s = MOVED[what]
    after = edited(heard(), Edit(*words.split(" ")))
    assert [name for name, _ in after.sections] == [name for name, _ in HEARD]
    assert [s for _, s in after.sections] == pytest.approx(wanted_s, abs=2e-3)
    assert after.preview_s == pytest.approx(preview_s, abs=2e-3)
    for name, at_s in after.sections:
        beat = after.tempo.beat_at(at_s)
        assert name == "fill" or beat == pytest.approx(
            BEATS_OF_BAR * round(beat / BEATS_OF_BAR), abs=0.01
        )


def test_no_section_is_lost_where_bars_grow_longer():
    near = (("a", 0.5), ("b", 2.5), ("c", 4.5))
    after = edited(heard(sections=near), Edit("bpm", "40"))  # bars of 6 s
    assert [name for name, _ in after.sections] == ["a", "b", "c"]
    assert len({s for _, s in after.sections}) == 3


def test_a_section_stays_in_the_song():
    after = edited(heard(sections=(("outro", 38.5),), length_s=39.0), Edit("offset", "1.4"))
    assert after.sections == (("outro", 38.5),)
