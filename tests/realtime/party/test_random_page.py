"""The page of random play dance: what is asked for is made beside it, and danced without a menu."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import replace

import numpy as np
import pygame
import pytest

from kpopdance.realtime.core.progress import Danced
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.library.history import keep_dance
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.party import making
from kpopdance.realtime.party.random_page import LINES, RESTED_S, RandomPage
from kpopdance.realtime.party.wanted import Span, Wanted
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.shell.songs import Songs
from tests.kept_dances import NOON
from tests.realtime.game.test_game import kit, no_waiting_for_a_camera
from tests.realtime.library.test_medley import pack

__all__ = ["no_waiting_for_a_camera"]


class Dance:
    """The page that a random play dance leads to."""

    def __init__(self, song, back):
        self.song, self.back = song, back


@pytest.fixture
def game(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "standard_of", lambda song, terms, told: None)
    for name, bpm, year in (("a", 120.0, 2016), ("b", 90.0, 2019), ("c", 140.0, 0)):
        audio = tmp_path / f"{name}.ogg"
        audio.write_bytes(b"never decoded here")
        song = replace(pack(name, bpm, preview_s=8.0, moves=16), audio=audio, year=year)
        save_pack(replace(song, artist=name.upper()), tmp_path / "songs" / name)
    read = lambda path, start_s, seconds: (np.zeros((8, 2), np.float32), 8)  # noqa: E731
    made = kit(tmp_path / "songs", read_part=read, documents=lambda: tmp_path / "documents")
    return Game(made, Songs((tmp_path / "songs",)).whole())


def shown(game, wanted=None):
    page = RandomPage(game, Dance, "back", wanted)
    page.enter(0.0)
    return page


def let_go_on(page, now_s, times=4):
    """Let the page go on until nothing is made beside it any more."""
    following = page
    for _each in range(times):
        for coming in (page._reading, page._making, page._writing):
            if coming is not None:
                wait([coming], 30)
        now_s += RESTED_S
        following = page.step(now_s)
        if following is not page:
            break
    return following


def titles(view):
    return sorted(song.title for song in view.songs)


def test_the_list_is_made_and_danced_on_enter(game):
    page = shown(game)
    assert let_go_on(page, 0.0) is page
    view = page.view()
    assert titles(view) == ["Song a", "Song b", "Song c"]
    assert view.told.startswith("3 songs · ")
    assert view.songs[0].at == "0:00"
    assert page.key("return") is page
    danced = page.step(9.0)
    assert isinstance(danced, Dance)
    assert danced.back is page
    assert len(danced.song.excerpts) == 3
    assert game.load(danced.song) is danced.song


def test_who_says_what_is_wanted_dances_at_once(game):
    danced = let_go_on(shown(game, Wanted("7", artist="b")), 0.0)
    assert [excerpt.song.title for excerpt in danced.song.excerpts] == ["Song b"]
    assert danced.song.artist == "1 song · seed 7"


CHANGES = {
    "an artist": ("artist", ["right"], "A"),
    "the last artist": ("artist", ["left"], "C"),
    "a decade": ("years", ["right"], Span(2010, 2019)),
    "slow ones": ("tempo", ["right"], Span(0, 100)),
    "longer": ("minutes", ["right"], 10.0),
    "not so long": ("minutes", ["left"], 3.0),
}


@pytest.mark.parametrize(("field", "keys", "value"), CHANGES.values(), ids=CHANGES)
def test_a_line_is_chosen_and_changed(game, field, keys, value):
    page = shown(game)
    place = [line.field for line in LINES].index(field)
    for key in (*["down"] * place, *keys):
        page.key(key)
    assert getattr(page.wanted, field) == value
    assert page.view().rows[place].value == LINES[place].words(value)
    let_go_on(page, 1.0)
    assert page.view().songs


def test_what_nobody_has_is_said_and_not_danced(game):
    page = shown(game)
    page.clicked(Target("greater", [line.field for line in LINES].index("known")))
    let_go_on(page, 0.0)
    assert page.view().told.startswith("none of your 3 songs")
    page.key("return")
    assert let_go_on(page, 9.0) is page
    page.clicked(Target("less", page.view().chosen))
    let_go_on(page, 20.0)
    assert len(page.view().songs) == 3


def test_songs_danced_before_are_known(game):
    danced = Danced(NOON, "b", "Song b", 30.0, 50.0, 2, "", counts=True)
    keep_dance(game.kit.store, danced, "b")
    page = shown(game, Wanted("7", known=True))
    assert [each.song.title for each in let_go_on(page, 0.0).song.excerpts] == ["Song b"]


def test_other_songs_have_another_seed_and_the_list_is_written(game, tmp_path):
    page = shown(game)
    seeds = {page.wanted.seed}
    for _each in range(4):
        page.key("r")
        seeds.add(page.wanted.seed)
    assert len(seeds) > 2
    assert page.view().songs == ()
    let_go_on(page, 0.0)
    page.key("x")
    let_go_on(page, 9.0)
    names = sorted(path.name for path in (tmp_path / "documents").iterdir())
    seed = page.wanted.seed
    assert names == [f"kpopdance-random-{seed}.{end}" for end in ("csv", "m3u8", "txt")]
    assert page.view().notices[0].startswith("Written: ")


def test_escape_goes_back_and_every_part_is_drawn(game):
    page = shown(game)
    surface = pygame.Surface((640, 360))
    page.draw(surface)
    let_go_on(page, 0.0)
    page.draw(surface)
    for x in range(0, 640, 16):
        for y in range(0, 360, 12):
            target = page.screen.at((x, y), (640, 360))
            assert target is None or page.clicked(target) in (page, "back")
    assert page.key("escape") == "back"
