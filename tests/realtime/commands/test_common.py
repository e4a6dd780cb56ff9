"""What commands share: how far a video is, in seconds of what is looked at."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import tqdm

from kpopdance.realtime.commands import common
from kpopdance.realtime.core.types import Frame


@pytest.mark.parametrize(
    ("wanted", "threads", "cores", "want"),
    [
        (0, 0, 8, (None, 1)),  # a game: as is best
        (0, 3, 8, (3, 1)),
        (1, 0, 1, (1, 1)),
        (1, 0, 2, (2, 1)),
        (1, 0, 16, (8, 1)),
        (5, 0, 1, (1, 1)),
        (5, 0, 2, (1, 2)),
        (3, 0, 4, (1, 3)),
        (5, 0, 16, (3, 5)),
        (5, 2, 16, (1, 2)),
        (5, 1, 16, (1, 1)),
        (1, 2, 16, (2, 1)),
        (5, 8, 4, (1, 5)),
        (common.ANY_NUMBER, 0, 16, (1, 16)),
        (common.ANY_NUMBER, 4, 16, (1, 4)),
    ],
)
def test_all_cores_look_where_nothing_is_played(monkeypatch, wanted, threads, cores, want):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert common.shared_out(wanted, threads) == want


@pytest.fixture
def bars(monkeypatch):
    """Every bar that was shown."""
    made, real = [], tqdm.tqdm
    monkeypatch.setattr("tqdm.tqdm", lambda **how: made.append(real(**how)) or made[-1])
    return made


def video(length_s, warning=""):
    return SimpleNamespace(info=SimpleNamespace(length_s=length_s), warning=warning)


@pytest.mark.parametrize(
    ("length_s", "part", "total", "shown"),
    [
        (20.0, (2.0, 6.0), 4.0, [0.0, 1.0, 4.0, 4.0]),  # the end is told by who asks
        (8.0, (2.0, None), 6.0, [0.0, 1.0, 4.5, 6.0]),
        (0.0, (2.0, None), None, [0.0, 1.0, 4.5, 7.0]),  # a film that tells no length
    ],
)
def test_the_bar_stands_where_the_film_is(bars, length_s, part, total, shown):
    with common.watched(video(length_s), "looking", *part) as move:
        (bar,) = bars
        assert bar.total == total
        stood = []
        for at_s in (1.0, 3.0, 6.5, 9.0):
            move(Frame(np.zeros((1, 1, 3), np.uint8), at_s, 0))
            stood.append(bar.n)
    assert stood == shown


@pytest.mark.parametrize("warning", ["", "it ends early"])
def test_what_was_wrong_with_the_film_is_told_at_the_end(bars, capsys, warning):
    with common.watched(video(3.0, warning), "looking"):
        pass
    assert ("warning: it ends early" in capsys.readouterr().err) == bool(warning)
