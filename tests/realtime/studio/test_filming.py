"""A film on its way to a draft: glimpses with people in them, and an early end that loses nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from kpopdance.realtime.studio import filming
from kpopdance.realtime.studio.filming import EnoughError, _seen
from kpopdance.realtime.studio.kept_looks import EVERY_S, KeptLooks
from kpopdance.realtime.studio.recording import RecordingError
from tests.fakes import FakeClock
from tests.realtime.studio.test_lookout import ROWS, a_film


def looked(folder, until=None, length_s=2.0):
    """Look at the film until so many pictures were seen; return what was seen, and the glimpses."""
    clock, film, glimpses = FakeClock(), a_film(), []

    def tell(glimpse):
        clock.at_s += EVERY_S / 5
        glimpses.append(glimpse)
        if len(glimpses) == until:
            raise EnoughError

    video = SimpleNamespace(
        path="film.mp4", info=SimpleNamespace(length_s=length_s), frames=lambda: iter(film)
    )
    return _seen(video, film.eyes, KeptLooks(folder, clock.now), tell), glimpses


def test_everybody_is_glimpsed_in_every_picture(tmp_path):
    (seen, whole), glimpses = looked(tmp_path / "a")
    assert whole
    assert len(glimpses) == len(seen.at_s) == ROWS
    shares = [glimpse.share for glimpse in glimpses]
    assert shares == sorted(shares)
    assert 0.5 < shares[-1] <= 1
    assert glimpses[15].people.shape == (2, 18, 3)


def test_a_film_of_unknown_length_has_no_share(tmp_path):
    assert {glimpse.share for glimpse in looked(tmp_path / "a", length_s=None)[1]} == {None}


def test_enough_is_what_was_seen_so_far_and_the_rest_can_follow(tmp_path, monkeypatch):
    monkeypatch.setattr(filming, "LEAST_S", 0.2)  # of a second of film
    (some, whole), _ = looked(tmp_path / "a", until=28)
    assert not whole
    assert 8 <= len(some.at_s) <= 28
    (seen, whole), _ = looked(tmp_path / "a")
    assert whole
    assert (seen.at_s[: len(some.at_s)] == some.at_s).all()


def test_too_little_is_told(tmp_path):
    with pytest.raises(RecordingError, match=r"film\.mp4: too little"):
        looked(tmp_path / "a", until=9)
