"""A few bars mixed and mastered: as loud as they should be, below the ceiling, the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tools.album.layout import layout_of
from tools.album.music import measures
from tools.album.music.mastering import CEILING_DB, LOUDNESS_LUFS, mastered, usual_db
from tools.album.music.mixing import KINDS, mixed
from tools.album.music.score import score_of

LINES = {
    "drum": "x...............", "chords": "X-------x-------", "bass": "R---o---5---R---",
    "arpeggio": "1.3.5.3.1.3.5.3.", "tune": "1:4 3:4 ~5:8",
}  # fmt: skip
LASTING = ("riser", "fall", "swell")
PAGE = {
    "title": "A Song", "title_ko": "노래", "bpm": 120, "key": "C minor", "seed": 1,
    "form": "intro 1\nchorus 1",
    "intro": {"chords": "Cm", "kick": "X...x...X...x...", "leaves": "gap 0.25"},
    "chorus": {"chords": "Ab | G7", "leaves": " ".join(f"{name} 1" for name in LASTING)}
    | {name: LINES[kind] for name, kind in KINDS.items() if name not in LASTING},
}  # fmt: skip


@pytest.fixture(scope="module")
def mix():
    """All instruments at once, 6 s."""
    return mixed(score_of(layout_of("a-song", PAGE), PAGE, KINDS))


def test_all_instruments_sound_and_a_gap_is_silent(mix):
    assert mix.shape == (4 * measures.RATE, 2)
    assert np.isfinite(mix).all()
    assert np.abs(mix[round(1.6 * measures.RATE) : round(1.9 * measures.RATE)]).max() == 0
    assert measures.clicks(mix) == 0


def test_a_record_is_loud_and_below_the_ceiling(mix):
    record = mastered(mix)
    assert_allclose(measures.loudness_lufs(record), LOUDNESS_LUFS, atol=0.7)
    assert measures.true_peak_db(record) < CEILING_DB + 0.2
    assert_array_equal(record, mastered(mix))
    off = [np.abs(measures.thirds_db(one) - usual_db())[6:-3].mean() for one in (mix, record)]
    assert off[1] < off[0]


def test_a_page_says_who_is_nearer(mix):
    alone = PAGE | {"chorus": {"chords": "Ab | G7"}}
    score = score_of(layout_of("a-song", alone), alone, KINDS)
    near = mixed(score_of(layout_of("a-song", alone), alone | {"mix": {"kick": 6.0}}, KINDS))
    assert_allclose(
        measures.loudness_lufs(near) - measures.loudness_lufs(mixed(score)), 6.0, atol=0.5
    )
