"""A player's picture: of the best move, only of who is seen, kept only when it is asked for."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.core.types import Pose, Verdict
from kpopdance.realtime.game.portrait import FaceOffer, Portrait, face_in
from kpopdance.realtime.library.players import FACE_BYTES, FACE_PX, keep_face, player_of
from kpopdance.realtime.library.store import GuestStore, Store, StoreError
from tests.realtime.screens import views

HEAD = (200, 30, 10)  # BGR


def picture_of(pose, size=(480, 640)):
    """A grey picture with a red disc where the head is."""
    picture = np.full((*size, 3), 90, np.uint8)
    y, x = np.mgrid[: size[0], : size[1]]
    nose = np.nan_to_num(pose.joints[0, :2], nan=-999.0)
    picture[np.hypot(x - nose[0], y - nose[1]) < 14] = HEAD
    return picture


def pose_at(x=320.0, y=240.0, size=200.0, unseen=()):
    joints = views.dancer(0.0, 0.0) * (size, size, 1) + (x, y, 0)
    joints[list(unseen)] = (np.nan, np.nan, 0.0)
    return Pose(joints.astype(np.float32))


def square(face):
    return np.frombuffer(face, np.uint8).reshape(FACE_PX, FACE_PX, 3)


@pytest.mark.parametrize(
    "place", [{}, {"x": 40.0}, {"y": 90.0}, {"x": 620.0}, {"size": 900.0, "y": 460.0}]
)
def test_the_head_is_in_the_picture_in_its_own_colours(place):
    pose = pose_at(**place)
    face = face_in(picture_of(pose), pose)
    assert len(face) == FACE_BYTES
    seen = (square(face) == HEAD[::-1]).all(axis=2)
    assert seen.any()
    if not place:
        rows, columns = np.nonzero(seen)
        assert abs(columns.mean() - FACE_PX / 2) < 4
        assert 0.2 < rows.mean() / FACE_PX < 0.5


@pytest.mark.parametrize("pose", [
    pose_at(unseen=(1,)), pose_at(unseen=(0, 14, 15, 16, 17)), pose_at(size=12.0),
])  # fmt: skip
def test_who_is_not_seen_well_has_no_picture(pose):
    assert face_in(picture_of(pose), pose) == b""


def dance(score, age_s=0.1, **more):
    pose = pose_at(size=100.0 + score)
    verdict = Verdict(1, 1.0, 2.0, "GREAT", score, 0.0)
    told = {
        "pose": pose,
        "picture": picture_of(pose),
        "verdict": verdict,
        "verdict_age_s": age_s,
    }
    return views.dance(**{**told, **more})


def test_the_best_move_has_the_picture():
    portrait, faces = Portrait(), []
    for view in (
        dance(40.0),
        dance(90.0),
        dance(70.0),
        dance(95.0, age_s=2.0),
        dance(96.0, pose=None),
        dance(97.0, picture=None),
        dance(98.0, pose=pose_at(unseen=(1,))),
        dance(99.0, verdict=None),
    ):
        portrait.look(view)
        faces.append(portrait.face)
    best = dance(90.0)
    assert faces[0] != faces[1] == face_in(best.picture, best.pose)
    assert set(faces[1:]) == {faces[1]}


def test_a_picture_is_kept_when_it_is_taken_and_goes_when_it_is_not_wanted(tmp_path):
    store = Store(tmp_path / "kpopdance.sqlite")
    face = bytes(range(256)) * (FACE_BYTES // 256)
    offer = FaceOffer(store, face)
    assert (offer.words, player_of(store).face) == ("my picture", b"")
    offer.take()
    offer._keeping.result(60)
    offer.take()
    assert offer.words == "your picture is kept"
    assert player_of(Store(store.path)).face == face
    keep_face(store, b"")
    assert player_of(store).face == b""
    store.path.unlink()
    store.path.mkdir()
    failed = FaceOffer(store, face)
    failed.take()
    with pytest.raises(StoreError):
        failed._keeping.result(60)
    assert failed.words.startswith("your picture is not kept: ")


def test_of_a_guest_or_nobody_there_is_none(tmp_path):
    store = Store(tmp_path / "kpopdance.sqlite")
    for offer in (FaceOffer(GuestStore(store), bytes(FACE_BYTES)), FaceOffer(store, b"")):
        offer.take()
        assert (offer.words, offer._keeping) == ("", None)


@pytest.mark.parametrize("kept", [b"x", "text", b"", 7, b"x\x9cc`\x80\x00"])
def test_what_is_no_picture_is_none(tmp_path, kept):
    store = Store(tmp_path / "kpopdance.sqlite")
    store.write(lambda db, player: db.execute("UPDATE players SET face = ?", (kept,)))
    assert player_of(store).face == b""
    with pytest.raises(ValueError, match="96 px square"):
        keep_face(store, b"small")


def test_a_picture_too_large_is_none(tmp_path):
    import zlib

    store = Store(tmp_path / "kpopdance.sqlite")
    bomb = zlib.compress(bytes(10_000_000))
    store.write(lambda db, player: db.execute("UPDATE players SET face = ?", (bomb,)))
    assert player_of(store).face == b""


def test_a_face_is_drawn(stage):
    import pygame

    from kpopdance.realtime.screens.players import PlayersScreen

    pages = []
    for face in (b"", bytes((10, 250, 20)) * FACE_PX**2):
        page = pygame.Surface((1280, 720))
        PlayersScreen(stage).draw(page, views.players(cards=(views.player(face=face),)))
        pages.append(pygame.surfarray.array3d(page))
    green = (np.abs(pages[1].astype(int) - (10, 250, 20)).sum(axis=2) < 30).sum()
    assert green > 1000
    assert replace(views.player(), face=b"") == views.player()


@pytest.fixture
def stage():
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Theme

    return Backdrop(Theme())
