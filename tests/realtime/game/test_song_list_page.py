"""The song list as it is used: searched, sorted, narrowed, songs put on lists, mouse and wheel."""

import pygame
import pytest

from kpopdance.realtime.core.ports import Hand
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.listing import SongListPage
from kpopdance.realtime.library.catalogue import Catalogue
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.song_list import list_layout
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.realtime.game.test_game import kit
from tests.waiting import until

SIZE = (1280, 720)
TITLES = {"one": "네온 스텝", "two": "Super Shy", "three": "다시"}


@pytest.fixture
def page(tmp_path):
    (tmp_path / "a.ogg").write_bytes(b"never decoded here")
    for number, (name, title) in enumerate(TITLES.items()):
        dance = dances.song(number, moves=2)
        pack = SongPack(title, "NewJeans", 90.0 + 10 * number, (dance,), tmp_path / "a.ogg")
        save_pack(pack, tmp_path / "songs" / name)
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    songs = Songs((tmp_path / "songs",), catalogue).whole()
    page = SongListPage(Game(kit(tmp_path / "songs"), songs))
    page.enter(1.0)
    settled(page)
    return page


def settled(page):
    until(lambda: page._reading is None, step=lambda: page.step(page.now_s + 0.01))


def typed(page, text, composing=""):
    page.handled(Hand(typed=text, composing=composing), SIZE)


def slugs(page):
    return [card.slug for card in page.screen.cards]


def pressed(page, *names):
    for name in names:
        assert page.key(name) is page, name
    settled(page)


def test_songs_are_found_while_typing_and_escape_shows_all_again(page):
    assert slugs(page) == ["two", "one", "three"]
    assert page.writes_at is None
    pressed(page, "/")
    typed(page, "")
    field = list_layout(SIZE).asked
    assert page.writes_at[:2] == (field.left, field.top)
    typed(page, "ㄴㅇ")
    assert slugs(page) == ["one"]
    typed(page, "", composing="ㅅ")
    assert slugs(page) == ["one"]
    pressed(page, "backspace")  # the input method's
    assert page.choosing.asked.typed == "ㄴㅇ"
    typed(page, "")
    pressed(page, "backspace", "backspace", "s", "q", "l", "o")  # letters are letters
    assert page.choosing.asked.order == "title"
    typed(page, "newj")
    assert len(slugs(page)) == 3
    typed(page, "zzz")
    assert slugs(page) == []
    page.draw(pygame.Surface(SIZE))
    pressed(page, "escape")
    typed(page, "")
    assert len(slugs(page)) == 3
    assert page.writes_at is None
    assert page.key("escape") is not page


def test_enter_keeps_what_was_found_and_escape_lets_go_of_it_before_the_game_is_left(page):
    pressed(page, "ctrl f")
    typed(page, "dasi")
    pressed(page, "return")
    assert (slugs(page), page.choosing.asked.field) == (["three"], "")
    pressed(page, "escape")
    assert len(slugs(page)) == 3


def test_the_selected_song_stays_while_others_come_and_go(page):
    pressed(page, "down")
    assert page.screen.selected.slug == "one"
    pressed(page, "o", "o")
    assert slugs(page) == ["one", "two", "three"]
    assert page.screen.selected.slug == "one"
    pressed(page, "/")
    typed(page, "super")
    assert page.screen.selected.slug == "two"


def test_songs_are_put_on_lists_that_the_list_can_be_narrowed_to(page):
    pressed(page, "l")
    assert page.screen.selected.starred
    pressed(page, "down", "p")
    typed(page, "Party")
    assert len(slugs(page)) == 3  # a name is no search
    pressed(page, "return")
    kinds = {}
    for _ in range(5):
        pressed(page, "f")
        kinds[page.choosing.asked.only] = slugs(page)
    assert kinds == {
        "favourites": ["two"], "not danced yet": ["two", "one", "three"], "danced badly": [],
        "Party": ["one"], "all songs": ["two", "one", "three"],
    }  # fmt: skip
    page.enter(9.0)  # another day
    settled(page)
    assert page.choosing.remembered.playlists == {"": {"two"}, "Party": {"one"}}
    pressed(page, "home", "l")
    assert not page.screen.selected.starred


def test_what_cannot_be_kept_is_told(page):
    store = page._game.kit.store

    def refused(name, slug):
        raise StoreError(store.path, "the disk is full")

    store.turn_listed = refused
    pressed(page, "l")
    assert page._trouble == ("The song is not put on the list: the disk is full.",)
    assert not page.screen.selected.starred


def test_mouse_and_wheel(page):
    surface = pygame.Surface(SIZE)
    page.draw(surface)
    at = list_layout(SIZE)
    second = (at.cards.left + 50, at.cards.top + round(1.5 * at.card_height))
    target = page.screen.at(second, SIZE)
    assert target == Target("card", 1)
    assert page.clicked(target) is page
    assert page.screen.selected.slug == slugs(page)[1]
    page.handled(Hand(wheel=-1), SIZE)
    assert page.screen.selected.slug == slugs(page)[2]
    page.handled(Hand(wheel=1), SIZE)
    page.handled(Hand(wheel=1), SIZE)
    assert page.screen.selected.slug == slugs(page)[0]  # its end is its end
    assert page.screen.at((at.asked.left + 9, at.asked.centery), SIZE) == Target("search")
    page.clicked(Target("search"))
    assert page.choosing.asked.field == "search"
    page.clicked(Target("card", 99))
    assert page.screen.at((2, 2), SIZE) is None


def test_how_hard_the_songs_are_comes_while_the_list_is_looked_at(page):
    page.step(3.0)
    until(
        lambda: all(card.level for card in page.screen.cards),
        step=lambda: page.step(page.now_s + 1 / 60),
    )
    assert all(1 <= card.level <= 10 for card in page.screen.cards)
    for size in ((640, 360), SIZE, (720, 1280)):
        page.draw(pygame.Surface(size))


def test_many_songs_are_put_in_order_seldom_while_they_are_read(page, monkeypatch):
    monkeypatch.setattr("kpopdance.realtime.game.listing.FEW_SONGS", 1)
    songs = page._game.songs
    monkeypatch.setattr(songs, "weigh", lambda first: None)  # it would find others meanwhile
    until(lambda: songs._weighing is None or songs._weighing.done())
    page.step(5.0)
    songs.found = dict(songs.found)
    page.step(5.1)
    shown = page._listed
    songs.found = dict(songs.found)
    page.step(5.2)
    assert page._listed is shown
    page.step(7.0)
    assert page._listed is songs.found
