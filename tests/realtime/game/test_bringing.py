"""A shared song dropped on the list: taken, asked about, or refused, and the list is there again."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.game.bringing import BringingPage, SoundPage
from kpopdance.realtime.game.listing import first_page
from kpopdance.realtime.library.shared_pack import SharedPackError, WithoutSoundError
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.shell.pages import Message, Page, Shell
from kpopdance.realtime.shell.songs import Songs
from tests.fakes import FakeClock
from tests.realtime.game.test_game import kit
from tests.realtime.shell.test_pages import Window

SONG, SOUND = Path("given.kpopdance"), Path("mine.mp3")


class Bring:
    """Answers as told, one after the other; a DanceError is raised."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, path, audio):
        self.asked.append((path, audio))
        answer = self.answers.pop(0)
        if isinstance(answer, DanceError):
            raise answer
        return answer


def after(page):
    """The page that follows once what it waits for has come, as the shell finds it."""
    page.enter(0.0)
    try:
        page.coming.exception(timeout=60)
        return page.step(0.1)
    except DanceError as why:
        return page.failed(why)


@pytest.fixture
def listed():
    return Message(Backdrop(Theme()), ("the list", ""), None)


def page(bring, listed, files=(SONG, None)):
    return BringingPage(listed.screen.backdrop, bring, files, lambda song: song, listed)


def test_a_song_that_comes_whole_is_shown(listed):
    bring = Bring("the new song")
    assert after(page(bring, listed)) == "the new song"
    assert bring.asked == [(SONG, None)]


def test_a_sound_that_lacks_is_asked_for_until_it_is_the_one(listed):
    lacks = WithoutSoundError(SONG, "너의 춤", "nothing in your folder is the same recording")
    bring = Bring(lacks, lacks, "the new song")
    asking = after(page(bring, listed))
    assert isinstance(asking, SoundPage)
    assert "너의 춤" in asking.words[1]
    again = after(asking.dropped(Path("other.mp3")))
    assert isinstance(again, SoundPage)
    assert after(again.dropped(SOUND)) == "the new song"
    assert bring.asked == [(SONG, None), (SONG, Path("other.mp3")), (SONG, SOUND)]
    assert asking.key("escape") is listed


def test_what_is_no_song_is_told_and_leads_back(listed):
    told = after(page(Bring(SharedPackError("given: is damaged")), listed))
    assert type(told) is Message
    assert told.words == ("This song cannot be taken", "given: is damaged")
    assert told.key("escape") is listed


def test_the_shell_hands_a_dropped_file_to_the_page_once():
    class Taking(Page):
        def __init__(self):
            self.screen, self.taken = SimpleNamespace(at=lambda *_: None), []

        def step(self, now_s):
            return None if len(self.taken) == 2 else self

        def dropped(self, path):
            self.taken.append(path)
            return self

        def draw(self, surface):
            pass

    one, drops = Taking(), [[], [SONG], [SOUND]]
    one.screen.theme = one.screen.backdrop = SimpleNamespace()
    Shell(Window([], [], [], []), FakeClock(), lambda: drops.pop(0)).run(one)
    assert one.taken == [SONG, SOUND]


def test_other_pages_leave_it(listed):
    assert listed.dropped(SONG) is listed


class Studio:
    """Says where it was asked to lead."""

    def films(self):
        return "the films"

    def film(self, path):
        return f"a song of {path.name}"

    def song(self, pack):
        return f"edit {pack.name}"


def test_the_list_leads_to_the_studio(tmp_path):
    shutil.copytree(BUNDLED / "neon-steps", tmp_path / "songs" / "mine")
    bring = Bring("brought")
    songs = Songs((tmp_path / "songs",))
    game = Game(kit(tmp_path / "songs", bring=bring), songs, studio=lambda *_: Studio())
    listed = first_page(game)
    listed.enter(0.0)
    songs.whole()
    listed.step(0.1)
    film, shared = tmp_path / "춤.mp4", tmp_path / "given.kpopdance"
    film.write_bytes(b"a film")
    with zipfile.ZipFile(shared, "w") as packed:
        packed.writestr("song.toml", "")
    assert listed.key("n") == "the films"
    assert listed.key("e") == "edit mine"
    assert listed.dropped(film) == "a song of 춤.mp4"
    assert isinstance(listed.dropped(shared), BringingPage)
    without = first_page(Game(kit(tmp_path / "songs"), songs))
    assert [without.key(name) for name in "ne"] == [without, without]
