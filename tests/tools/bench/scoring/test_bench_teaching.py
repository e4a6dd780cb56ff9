"""Simulated learners: they learn and forget as the model says, and the list is their shortest way."""

from __future__ import annotations

import numpy as np
import pytest

from tools.bench.scoring.bench_teaching import RATES, WAYS, learner_of, minutes

SEEDS = range(4)


def test_a_learner_learns_what_is_repeated_and_forgets_what_is_not():
    learner = learner_of(3, 0.2)
    worst, before = int(learner.first.argmax()), learner.error.copy()
    one = slice(worst, worst + 1)
    gains = []
    for tempo in (1.0, 0.5):
        again = learner_of(3, 0.2)
        again.repeat(one, tempo)
        gains.append(before[worst] - again.error[worst])
    assert gains[1] > gains[0] > 0  # what fails altogether teaches less than the same slower
    for _ in range(20):
        learner.repeat(one, 0.5)
    learned = learner.error[worst]
    assert np.delete(learner.error, worst) == pytest.approx(np.delete(before, worst))
    learner.wait(3600.0)
    assert (
        learned < learner.error[worst] < 0.5 * (learned + before[worst])
    )  # firmer than an hour
    learner.wait(1e6)
    assert learner.error[worst] == pytest.approx(before[worst], abs=0.01)


def test_our_list_takes_clearly_fewer_minutes():
    took = {
        way: np.median([minutes(way, learner_of(seed, RATES["usual"])) for seed in SEEDS])
        for way in WAYS
    }
    assert took["list"] < 0.8 * took["runs"]
    assert took["list"] < 0.9 * took["start"]
