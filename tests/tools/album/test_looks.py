"""How the bundled songs look: a page and a cover each, drawn again byte for byte, and legible."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import cv2
import numpy as np
import pygame
import pytest

from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.screens.parts.backdrop import Backdrop, lights_of
from kpopdance.realtime.screens.parts.costumes import LEAD
from kpopdance.realtime.screens.parts.theme import (
    GRADE_COLOUR,
    NIGHT,
    SOFT,
    WHITE,
    Glass,
    Theme,
)
from tests.quick import but_quick
from tools.album import looks
from tools.album.layout import PageError
from tools.album.posters.album import DESIGNS, poster
from tools.album.posters.paper import HIGH, MOST_BYTES, WIDE

APART = 60.0  # of two colours, RGB 0..255
SMALL_TEXT, LARGE_TEXT = 4.5, 3.0  # WCAG 2, AA
BLINDING = ((255, 255, 255), (255, 255, 0), (0, 255, 255))


@pytest.mark.parametrize("song", DESIGNS)
def test_a_song_wears_what_its_page_says_and_has_a_cover(song):
    pack = load_pack(BUNDLED / song)
    assert pack.staging == looks.staging_of(song)
    assert len(pack.staging.clothes) == len(set(pack.staging.clothes)) == len(pack.members)
    for one in pack.staging.clothes:
        assert np.linalg.norm(np.subtract(one.hair, LEAD.skin)) > APART  # a face is seen in it
    assert pack.cover is not None
    assert pack.cover.stat().st_size <= MOST_BYTES
    picture = cv2.imread(str(pack.cover))
    assert picture.shape == (HIGH, WIDE, 3)
    assert picture.std() > 40  # a poster, not a sheet of paper


@pytest.mark.parametrize("song", but_quick([(song,) for song in DESIGNS], [("two-faces",)]))
def test_a_cover_is_drawn_again_byte_for_byte(song):
    pack = load_pack(BUNDLED / song)
    assert pack.cover is not None
    assert poster(song, pack) == pack.cover.read_bytes()


def test_a_page_that_is_missing_or_broken_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(looks, "PAGES", tmp_path)
    (tmp_path / f"blue{looks.STAGING}").write_text('lights = ["blue"]')
    with pytest.raises(PageError, match=r"red\.staging\.toml: is missing; write it"):
        looks.staging_of("red")
    with pytest.raises(PageError, match=r"blue\.staging\.toml: staging: lights must be three"):
        looks.staging_of("blue")


def luminance(colour):
    """Relative luminance of sRGB (..., 3), 0..255 (WCAG 2)."""
    share = np.asarray(colour, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def contrast(ink, ground):
    return (luminance(ink) + 0.05) / (luminance(ground) + 0.05)


@pytest.mark.parametrize("lights", [*DESIGNS, BLINDING])
def test_words_and_judgements_can_be_read_before_every_songs_lights(lights):
    colours = load_pack(BUNDLED / lights).lights if isinstance(lights, str) else lights
    theme, page = Theme(), pygame.Surface((640, 360))
    stage = Backdrop(theme)
    for _ in range(30):
        stage.draw(page, 4.0, centre_x=432, horizon_y=226, lights=lights_of(colours))
    stage.rise(page, 4.0, 226, 1.0)
    judged = pygame.Rect(16, 49, 214, 114)
    theme.panel(page, judged, Glass(11, NIGHT, 0.5, 112, NIGHT))
    seen = pygame.surfarray.array3d(page)
    inks = [WHITE, *(colour for grade, colour in GRADE_COLOUR.items() if grade != "MISS")]
    for share, least in ((90, SMALL_TEXT), (99, LARGE_TEXT)):
        behind = np.percentile(seen[16:230, 100:160].reshape(-1, 3), share, axis=0)
        assert min(contrast(ink, behind) for ink in inks) > least
    head = np.percentile(seen[16:240, 12:30].reshape(-1, 3), 90, axis=0)
    assert contrast(SOFT, head) > SMALL_TEXT
