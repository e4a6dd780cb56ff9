"""What grows through an evening is told from what only wanders."""

from __future__ import annotations

import numpy as np
import pytest

from tools.soak.meter import NAMES, Meter, Sample

HOURS = np.arange(1, 25) / 6
FLAT = dict.fromkeys(NAMES, 100.0)


def metered(**grows) -> Meter:
    """A meter whose samples wander a little and grow by so much an hour."""
    meter, rng = Meter(), np.random.default_rng(1)
    for hour in HOURS:
        values = {
            name: FLAT[name] + grows.get(name, 0.0) * hour + rng.normal(0, 0.2)
            for name in NAMES
        }
        meter.samples.append(Sample(3600 * hour, **values, songs=3))
    return meter


@pytest.mark.parametrize(
    ("grows", "told"),
    [
        ({}, []),
        ({"memory_mb": 60.0}, ["memory_mb"]),
        ({"memory_mb": -60.0}, []),
        ({"threads": 2.0, "handles": 2.0}, ["threads", "handles"]),
        ({"verdict_ms": 12.0}, ["verdict_ms"]),
    ],
)
def test_what_grows_is_named(grows, told):
    meter = metered(**grows)
    assert meter.risen() == told
    for name, more in grows.items():
        assert meter.growth()[name] == pytest.approx(more, abs=0.4)


def test_caches_that_fill_at_first_do_not_count():
    meter = metered()
    for k, sample in enumerate(meter.samples[:7]):
        meter.samples[k] = Sample(sample.at_s, 10.0 + k, 1, 1, 1.0, 1.0, 0)
    assert meter.risen() == []


def test_this_process_can_be_sampled():
    meter = Meter()
    sample = meter.take(60.0, frame_s=[0.001, 0.003, 0.002], verdict_s=[], songs=0)
    assert sample.memory_mb > 10
    assert sample.threads >= 1
    assert sample.handles >= 1
    assert sample.frame_ms == pytest.approx(2.0)
    assert np.isnan(sample.verdict_ms)
