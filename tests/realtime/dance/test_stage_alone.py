"""What the second window shows: the sign, a song's card, the dance, the card again."""

from __future__ import annotations

import os
from dataclasses import replace

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame
import pytest

from kpopdance.realtime.dance.stage_alone import CARD_SIZE, StageAlone
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.settings import BUNDLED


class Shown:
    """A second window that notes what it is to show."""

    size, due = CARD_SIZE, True

    def __init__(self):
        self.pictures = []

    def show(self, picture):
        self.pictures.append(picture)

    def rest(self, card):
        self.pictures.append(card.result(timeout=60))


@pytest.fixture
def song():
    return load_pack(BUNDLED / "neon-steps")


def test_cards_and_dances_follow_each_other(song):
    window, dance = Shown(), pygame.Surface((64, 36))
    stage = StageAlone(window)
    stage.announce(song)
    stage.show(dance)
    stage.over()
    sign, card, danced, again = window.pictures
    assert danced is dance
    assert again is card
    assert card.get_size() == CARD_SIZE
    looks = [pygame.image.tobytes(each, "RGB") for each in (sign, card)]
    assert looks[0] != looks[1]


@pytest.mark.parametrize("change", [{"title": "Other"}, {"artist": "Other"}, {"cover": None}])
def test_a_card_shows_title_artist_and_cover(song, change):
    window = Shown()
    stage = StageAlone(window)
    stage.announce(song)
    stage.announce(replace(song, **change))
    card, other = (pygame.image.tobytes(each, "RGB") for each in window.pictures[1:])
    assert card != other


def test_without_a_window_nothing_is_drawn(song):
    stage = StageAlone(None)
    stage.announce(song)
    assert stage.show is None
    stage.over()


def test_what_is_not_due_is_not_drawn_for_it():
    window = Shown()
    window.due = False
    assert StageAlone(window).show is None
