"""A song's film as its coach: which side it is shown on, whom it shows, figure and picture in one."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core import body
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Choreography, Frame
from kpopdance.realtime.dance.coach_film import CoachFilm, opened
from kpopdance.realtime.devices.moving_film import MovingFilm
from kpopdance.realtime.library.mirrored import as_danced, turned
from kpopdance.realtime.library.songpack import Film, SongPack
from kpopdance.realtime.screens.parts.film import FilmPanel, panel_for
from kpopdance.realtime.screens.parts.theme import Theme
from tests.coded_film import number_in, write_coded
from tests.realtime.screens import views
from tests.waiting import until

SIZE = (640, 360)
FPS = 30.0
RED, GREEN = (255, 0, 0), (0, 255, 0)


def dancers():
    """Two dancers of 40 rows who step to the right; the first one's right wrist is far out."""
    rows = np.stack([views.dancer(0.5 + 0.005 * k) for k in range(40)])
    rows[:, body.R_WRIST, 0] = rows[:, body.NECK, 0] - 0.3
    return tuple(
        Choreography((rows + np.float32([way, 0, 0])).astype(np.float32), FPS, 1.0)
        for way in (0.0, 0.7)
    )


def picture_of(filmed, second):
    """What a camera saw: the right wrist of each green, the left one red; drawn from the joints."""
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for member in filmed:
        row = member.row(1.0 + second)
        for joint, colour in ((body.R_WRIST, GREEN), (body.L_WRIST, RED)):
            x, y = (row[joint, :2] * SIZE[1]).astype(int)
            image[max(y - 8, 0) : y + 8, max(x - 8, 0) : x + 8] = colour[::-1]
    return image


class PaintedFilm:
    """Pictures of dancers as they were filmed; the first begins with them, 1 s into the song."""

    size = SIZE

    def __init__(self, filmed):
        self.filmed, self.closed = filmed, False

    def at(self, second):
        number = min(max(round(second * FPS), 0), 39)
        return Frame(picture_of(self.filmed, number / FPS), number / FPS, number)

    def close(self):
        self.closed = True


def song(*, mirrored=False, lead=0):
    filmed = dancers()
    members = turned(filmed) if mirrored else filmed
    pack = SongPack("Song", "a", 120.0, members, None, mirrored=mirrored, lead=lead)
    return replace(pack, film=Film(Path("film.mp4"), 1.0)), PaintedFilm(filmed)


def centre_of(surface, colour):
    """Where a colour is in a surface, px; NaN where it is not."""
    pixels = pygame.surfarray.array3d(surface).astype(int)
    near = np.abs(
        pixels / np.maximum(pixels.max(axis=2, keepdims=True), 1) - np.array(colour) / 255
    )
    at = np.argwhere((near.max(axis=2) < 0.25) & (pixels.max(axis=2) > 120))
    return at.mean(axis=0) if len(at) else np.full(2, np.nan)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("on_terms", [False, True])
@pytest.mark.parametrize("filmed_mirrored", [False, True])
def test_it_is_seen_on_the_side_of_the_figure(filmed_mirrored, on_terms, mirror):
    pack, film = song(mirrored=filmed_mirrored)
    terms = Terms(mirrored=on_terms)
    coach = CoachFilm(pack, pack.film, terms, film)
    view = coach.view(1.5, everybody=False, skeleton=False)
    surface = pygame.Surface((500, 400))
    FilmPanel(Theme()).draw(surface, surface.get_rect(), view, views.dance(mirror=mirror))
    danced = as_danced(pack, terms).members[0].row(1.5)
    drawn = body.mirrored(danced, 0.0) if mirror else danced
    # the figure's wrist that is further out, whichever it is now, is where the film's green one is
    out = drawn[:, 0] - drawn[body.NECK, 0]
    wrist = max((body.R_WRIST, body.L_WRIST), key=lambda joint: abs(out[joint]))
    assert (centre_of(surface, GREEN)[0] < centre_of(surface, RED)[0]) == (out[wrist] < 0)


@pytest.mark.parametrize("everybody", [False, True])
@pytest.mark.parametrize("mirror", [False, True])
def test_the_skeleton_lies_on_the_dancer(everybody, mirror):
    pack, film = song()
    coach = CoachFilm(pack, pack.film, Terms(), film)
    view = coach.view(1.5, everybody=everybody, skeleton=True)
    assert len(view.joints) == (2 if everybody else 1)
    plain = replace(view, joints=view.joints[:0])
    surface, panel = pygame.Surface((500, 400)), FilmPanel(Theme())
    panel.draw(surface, surface.get_rect(), plain, views.dance(mirror=mirror))
    green = centre_of(surface, GREEN) if not everybody else None
    before = pygame.surfarray.array3d(surface).astype(int)
    panel.draw(surface, surface.get_rect(), view, views.dance(mirror=mirror))
    changed = np.abs(pygame.surfarray.array3d(surface).astype(int) - before).sum(axis=2) > 90
    assert changed.any()
    if green is not None:
        near = np.hypot(*(np.argwhere(changed) - green).T)
        assert near.min() < 12


def test_all_or_the_lead_alone_is_seen():
    pack, film = song(lead=1)
    coach = CoachFilm(pack, pack.film, Terms(), film)
    assert coach.view(1.5, everybody=True, skeleton=False).window == (0, 0, *SIZE)
    left, _, wide, _ = coach.view(1.5, everybody=False, skeleton=True).window
    lead = pack.members[1].row(1.5)[:, 0] * SIZE[1]
    assert left <= lead.min()
    assert lead.max() <= left + wide
    assert left > 0.2 * SIZE[0]  # the other one, on the left, is cut off


@pytest.mark.parametrize("song_s", [-3.0, 0.0, 1.0, 1.01, 1.5, 1.71, 2.3, 99.0])
def test_figure_and_picture_are_of_one_moment(song_s):
    pack, film = song()
    view = CoachFilm(pack, pack.film, Terms(), film).view(song_s, everybody=True, skeleton=True)
    told = np.argwhere((view.picture == GREEN[::-1]).all(axis=2)).mean(axis=0)[::-1]
    both = view.joints[:, body.R_WRIST, :2].mean(axis=0)
    assert_allclose(told, both, atol=3)


def test_what_is_not_new_is_the_same_object():
    pack, film = song()
    coach = CoachFilm(pack, pack.film, Terms(), film)
    kept = film.at(0.5)
    film.at = lambda _: kept
    one = coach.view(1.5, everybody=False, skeleton=True)
    assert coach.view(1.51, everybody=False, skeleton=True) is one
    assert coach.view(1.51, everybody=True, skeleton=True) is not one


def test_a_film_that_cannot_be_opened_is_no_hindrance():
    pack, film = song()

    def gone(path):
        raise DanceError(f"{path}: there is no such file")

    assert opened(pack, Terms(), None) == (None, "")
    assert opened(replace(pack, film=None), Terms(), gone) == (None, "")
    assert opened(pack, Terms(), gone) == (
        None,
        "The coach is drawn: film.mp4: there is no such file",
    )
    there, why = opened(pack, Terms(), lambda _: film)
    there.close()
    assert (film.closed, why) == (True, "")


@pytest.mark.parametrize("shape", [0.5, 1.0, 16 / 9, 4.0])
@pytest.mark.parametrize("area", [(800, 448), (400, 224), (720, 600), (30, 20)])
def test_the_panel_has_its_shape_and_stays_in_its_area(shape, area):
    room = pygame.Rect((13, 7), area)
    panel = panel_for(shape, room)
    assert room.contains(panel)
    assert panel.width / panel.height == pytest.approx(shape, rel=0.15)
    assert max(panel.width / room.width, panel.height / room.height) > 0.85


def test_its_corners_are_round_and_its_edges_dark():
    pack, film = song()
    coach = CoachFilm(pack, pack.film, Terms(), film)
    view = coach.view(1.5, everybody=True, skeleton=False)
    white = replace(view, picture=np.full((*SIZE[::-1], 3), 200, np.uint8))
    surface = pygame.Surface((660, 372))
    surface.fill((9, 8, 7))
    FilmPanel(Theme()).draw(surface, surface.get_rect(), white, views.dance())
    panel = panel_for(SIZE[0] / SIZE[1], surface.get_rect())
    assert surface.get_at(panel.topleft)[:3] == (9, 8, 7)
    middle, edge = (
        surface.get_at(panel.center)[0],
        surface.get_at((panel.left + 12, panel.centery))[0],
    )
    assert middle == pytest.approx(200, abs=2)
    assert 100 < edge < 175


@pytest.mark.parametrize("mirror", [False, True])
def test_what_is_on_the_page_is_the_picture_of_the_song_second(tmp_path, mirror):
    pack, _ = song()
    write_coded(tmp_path / "film.mp4", 150, 30.0, SIZE)
    film = MovingFilm(tmp_path / "film.mp4")
    coach = CoachFilm(pack, Film(tmp_path / "film.mp4", -0.4), Terms(), film)
    page, panel = pygame.Surface((700, 420)), FilmPanel(Theme())
    place = panel_for(SIZE[0] / SIZE[1], page.get_rect())

    def on_page(song_s):
        view = coach.view(song_s, everybody=True, skeleton=False)
        panel.draw(page, page.get_rect(), view, views.dance(mirror=mirror))
        seen = pygame.surfarray.array3d(page)[
            place.left : place.right, place.top : place.bottom
        ]
        return number_in(seen.swapaxes(0, 1), flip=mirror)

    # to where it is paused, back, and on
    for song_s in (*np.arange(-1.0, 3.0, 0.13), 1.31, *np.arange(1.35, 2.0, 0.13)):
        due = max(int((song_s + 0.4) * 30 + 1e-3), 0)
        until(lambda song_s=song_s, due=due: on_page(song_s) == due)
    film.close()
