"""Several dance together: who they are is said, all step in, it is danced, the result is told."""

from __future__ import annotations

from concurrent.futures import Future, wait
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pygame
import pytest

from kpopdance.realtime.core.types import GRADES, Report, Verdict
from kpopdance.realtime.dance.performance import Outcome
from kpopdance.realtime.dance.reel_page import ReelPage
from kpopdance.realtime.dance.reel_recording import ReelRecording
from kpopdance.realtime.dance.shared import Game
from kpopdance.realtime.dance.together import Entrant, GroupOutcome
from kpopdance.realtime.library.history import days_of
from kpopdance.realtime.library.medley import excerpt_of, medley_of
from kpopdance.realtime.library.players import add_player, players_of
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.store import GuestStore
from kpopdance.realtime.party import group_dance
from kpopdance.realtime.party.group_dance import (
    ALL_IN_S,
    GroupDancePage,
    GroupLoading,
    GroupReadyPage,
    Readied,
    Team,
    contest_of,
)
from kpopdance.realtime.party.group_page import GroupPage
from kpopdance.realtime.party.group_result import GroupResultPage, came_of
from kpopdance.realtime.pose.group_watcher import GroupWatcher, Place
from kpopdance.realtime.scoring.contest import Stand
from kpopdance.realtime.scoring.unison import Team as Judged
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.group import card_of
from kpopdance.realtime.screens.group_pages import cells
from kpopdance.realtime.screens.group_view import DancerView, GroupView
from kpopdance.realtime.screens.parts.mirror import crop_to_fill, fitted
from kpopdance.realtime.screens.parts.rounds import called_out, line_of
from kpopdance.realtime.shell.songs import Songs
from tests import dances
from tests.fakes import ScriptedCamera
from tests.realtime.game.test_game import kit, no_waiting_for_a_camera
from tests.realtime.library.test_medley import pack
from tests.realtime.screens import party_views, views

__all__ = ["no_waiting_for_a_camera"]
SIZES = [(640, 360), (1280, 720), (540, 960)]
DANCE = dances.song(3, moves=8)
SONG = SongPack(
    "A dance", "Nobody", 120.0, (dances.song(3, moves=8), dances.song(4, moves=8)), audio=None,
    names=("Hana", "Duri"), sections=(("verse", 0.0), ("chorus", 8.0)),
)  # fmt: skip


@pytest.fixture
def game(tmp_path):
    made = kit(tmp_path / "songs")
    for name in ("Mina", "Jiwoo"):
        add_player(made.store, name, 1.0)
    return Game(made, Songs((tmp_path / "songs",)))


@pytest.fixture
def page(game):
    page = GroupPage(game, SONG, "back")
    page.enter(0.0)
    wait([page._reading], 30)
    assert page.step(1.0) is page
    return page


def values(page):
    return [row.value for row in page.view().rows]


def pressed(page, keys):
    for key in keys.split():
        assert page.key(key) is page


PRESSED = {
    "two guests at first": ("", ["2", "all together", "guest", "Hana", "guest", "Hana"]),
    "six at most": ("left", ["6", "all together", *["guest", "Hana"] * 6]),
    "a relay": ("down right", ["2", "relay", "guest", "Hana", "guest", "Hana"]),
    "a duel is of two": ("down left up right", ["3", "all together", *["guest", "Hana"] * 3]),
    "a duel": ("down left", ["2", "best of three", "guest", "Hana", "guest", "Hana"]),
    "another part": (
        "down down down right", ["2", "all together", "guest", "Duri", "guest", "Hana"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "rows"), PRESSED.values(), ids=PRESSED)
def test_lines_say_who_dances_what(page, keys, rows):
    pressed(page, keys)
    assert values(page) == rows


@pytest.mark.parametrize("keeps", [True, False])
def test_all_step_in_first_drawn_dancers_too(game, keeps, monkeypatch):
    game.kit = replace(game.kit, keeps_scores=keeps)
    opened = Performance(game, [judge(90.0), judge(40.0)])
    monkeypatch.setattr(group_dance, "open_group", lambda *told: opened)
    team = Team((Entrant(), Entrant()), (GuestStore(game.database),) * 2)
    loading = GroupLoading(game, SONG, team, "back")
    loading._opening._coming.exception(30)
    assert isinstance(loading.step(1.0), GroupReadyPage)


def test_nobody_dances_in_two_places(page):
    pressed(page, "down down right down down right")
    names = values(page)[2::2]
    assert len(set(names)) == 2
    assert "guest" not in names
    pressed(page, "right right right right")
    assert values(page)[4] != values(page)[2]


def test_who_was_chosen_dances(page, game, monkeypatch):
    asked = []
    monkeypatch.setattr(group_dance, "open_group", lambda *told: asked.append(told))
    pressed(page, "down down right down down down right")
    loading = page.key("return")
    assert isinstance(loading, GroupLoading)
    loading._opening._coming.exception(30)
    _, song, entrants, _, counted_s = asked[0]
    assert counted_s == ()
    assert song is SONG or song.title == SONG.title
    assert [one.member for one in entrants] == [0, 1]
    assert [bool(one.name) for one in entrants] == [True, False]
    assert [store.keeps for store in loading._team.stores] == [True, False]
    assert loading.key("x") is loading
    assert loading.key("escape") is page


class Looked(GroupWatcher):
    """Sees what it is told."""

    runtime = "none"

    def __init__(self):
        self.places, self.anew = (), 0

    def watch(self, frame):
        return [place.pose for place in self.places]

    def reset(self):
        self.anew += 1


class Performance:
    """A group's dance as far as its pages know it."""

    def __init__(self, game, judges):
        self.closed, self.ticks, self.paused = 0, 3, False
        self.begun, self.health = None, ()
        self.filmed = None
        camera = ScriptedCamera()
        recording = ReelRecording(camera, lambda _: None, lambda: None, wanted=False)
        opened = SimpleNamespace(
            camera=camera, watcher=Looked(), kit=game.kit, begin=self.begin, recording=recording
        )
        self.opened = opened
        self.session = SimpleNamespace(
            song=SONG, tick=self.tick, toggle_pause=self.toggle, choose_anew=lambda: None,
            dancers=[SimpleNamespace(judge=judge) for judge in judges], paused=False,
            health=lambda: self.health,
        )  # fmt: skip

    def begin(self, step_back_s):
        self.begun = step_back_s

    def tick(self):
        self.ticks -= 1
        return self.ticks > 0

    def toggle(self):
        self.session.paused = not self.session.paused

    def view(self, led_by, *, mirror, coach):
        assert led_by(0.5) == 0
        dancers = tuple(DancerView(k, "", 0, None, 50.0) for k in range(2))
        return GroupView(views.dance(song_s=9.0), dancers, 40.0)

    def outcome(self, frame_s):
        outcomes = tuple(
            Outcome(report(judge), track=dances.track_of(DANCE.joints), lag_ms=30.0)
            for judge in map(self.judge, (0, 1))
        )
        filmed = Future()
        filmed.set_result(self.filmed)
        return GroupOutcome(outcomes, Judged(60.0, 70.0, 44.0, (20.0, None), 0.4), filmed)

    def judge(self, k):
        return self.session.dancers[k].judge

    def close(self):
        self.closed += 1


def judge(score):
    verdicts = tuple(Verdict(k, 2.0 * k, 2.0 * k + 2, "GREAT", score, 0.02) for k in range(8))
    return SimpleNamespace(verdicts=verdicts, standard=SimpleNamespace(weight=np.ones(8)))


def report(judge):
    counts = dict.fromkeys(GRADES, 0)
    score = judge.verdicts[0].score
    return Report(score, 3, 20.0, 0.9, {}, judge.verdicts, counts=counts, weights=(1.0,) * 8)


def readied(game, kind="together"):
    first = players_of(game.database)[0]
    stores = (game.database.of(first.id), GuestStore(game.database))
    team = Team((Entrant("Mina", 0), Entrant("", 0)), stores, kind)
    contest = contest_of(SONG, kind, 2)
    return Readied(game, SONG, team, Performance(game, [judge(90.0), judge(40.0)]), contest)


def in_view(gone_s):
    return tuple(Place(None, gone, doubted=False) for gone in gone_s)


def test_it_begins_when_all_are_in(game):
    ready = readied(game)
    page = GroupReadyPage(ready, "back")
    page.enter(0.0)
    watcher = ready.performance.opened.watcher
    assert page.step(1.0) is page
    assert "2 to come" in page.view().told
    watcher.places = in_view((0.0, np.inf))
    page.step(2.0)
    assert "1 to come" in page.view().told
    watcher.places = in_view((0.0, 0.1))
    page.step(3.0)
    page.step(3.0 + ALL_IN_S / 2)
    assert 0.4 < page.view().share < 0.6
    page.step(3.1 + ALL_IN_S)
    wait([page._ending], 30)
    dance = page.step(9.0)
    assert isinstance(dance, GroupDancePage)
    page.leave()
    assert ready.performance.closed == 0


@pytest.mark.parametrize(("key", "closed"), [("return", 0), ("escape", 1)])
def test_or_when_somebody_says_so_and_escape_goes_back(game, key, closed):
    ready = readied(game)
    page = GroupReadyPage(ready, "back")
    page.enter(0.0)
    page.key("n")
    assert ready.performance.opened.watcher.anew == 1
    assert page.key(key) is page
    wait([page._ending], 30)
    following = page.step(1.0)
    assert (following == "back") == bool(closed)
    page.leave()
    page.leave()
    assert ready.performance.closed == closed


@pytest.mark.parametrize("kind", ["together", "relay", "elimination", "duel"])
def test_a_dance_is_danced_and_its_result_told(game, monkeypatch, kind):
    page = GroupDancePage(readied(game, kind), 2.0, "back")
    page.enter(0.0)
    assert page._ready.performance.begun == 2.0
    for size in SIZES:
        page.draw(pygame.Surface(size))
    assert page.key("escape") is page  # pauses first
    assert page.key("escape") == "back"
    assert page.step(1.0) is page
    page.step(2.0)
    aired = []
    monkeypatch.setattr(game.on_air, "show_group", lambda *told: aired.append(told[1:]))
    page.draw(pygame.Surface(SIZES[0]))
    result = page.step(3.0)
    assert isinstance(result, GroupResultPage)
    assert [told[1:] for told in aired] == [(kind,), (kind, 60.0)]
    assert aired[-1][0][0].points == pytest.approx(90)
    monkeypatch.setattr(game.on_air, "over", lambda: aired.append("over"))
    page.leave()
    assert aired[-1] == "over"
    wait([result._saving], 30)
    result.step(4.0)
    view = result.view()
    assert [face.rank for face in view.faces] == [1, 2]
    assert [face.name for face in view.faces] == ["Mina", "dancer 2"]
    assert view.faces[0].points == pytest.approx(90)
    assert dict(view.team).get("apart, on average") == ("44 ms" if kind == "together" else None)
    assert all(outcome.track is None for outcome in game.outcomes)
    for size in SIZES:
        result.draw(pygame.Surface(size))
    assert result.clicked(Target("chip", 2)) == "back"


@pytest.mark.parametrize("filmed", [None, SimpleNamespace(path="k.mkv", scale=0.5)])
def test_v_leads_to_a_clip_of_all_of_them(game, monkeypatch, filmed):
    monkeypatch.setattr(game, "load", lambda song: song)
    ready = readied(game, "duel")
    ready.performance.filmed = filmed
    page = GroupDancePage(ready, 0.0, "back")
    page.enter(0.0)
    for _ in range(3):
        following = page.step(1.0)
    wait([following._saving], 30)
    clip = following.key("v")
    assert isinstance(clip, ReelPage)
    assert clip.back is following
    made = clip._coming.result(30)
    assert [one.player for one in made.players] == ["Mina", "dancer 2"]
    assert [one.report.score for one in made.players] == [90.0, 40.0]
    assert {one.pictures for one in made.players} == {filmed and filmed.path}
    assert {one.scale for one in made.players} == {1.0 if filmed is None else 0.5}
    assert {one.lag_s for one in made.players} == {0.03}
    assert (made.match.heading, made.match.contest) == ("BEST OF THREE", page._contest)
    assert len(made.danced_on) == 10


def test_k_keeps_everybodys_pictures_from_this_dance_on(game, monkeypatch):
    ready, kept = readied(game), []
    monkeypatch.setattr(game, "change", kept.append)
    page = GroupReadyPage(ready, "back")
    page.enter(0.0)
    for wanted in (True, False):
        assert page.key("k") is page
        assert (page.view().keeps, ready.performance.opened.recording.wanted) == (wanted,) * 2
        page.draw(pygame.Surface((1280, 720)))
        assert any(chip.action == "keep" for chip in page.screen._chips)
    assert kept == [{"reel": True}, {"reel": False}]
    page.key("escape")
    page.leave()


@pytest.mark.parametrize(
    ("device", "anew", "retried"), [("", 0, 0), ("sound", 1, 0), ("camera", 0, 1)]
)
def test_r_mends_what_is_broken(game, device, anew, retried):
    ready = readied(game)
    page, camera = GroupDancePage(ready, 0.0, "back"), ready.performance.opened.camera
    tried = []
    camera.retry = lambda: tried.append(1)
    if device:
        ready.performance.health = (SimpleNamespace(device=device, mendable=True),)
    following = page.key("r")
    assert isinstance(following, GroupLoading) == bool(anew)
    assert len(tried) == retried
    if anew:
        following.quit()


@pytest.mark.parametrize(("kind", "kept"), [("together", 1), ("relay", 0)])
def test_only_a_whole_dance_is_the_players_own(game, kind, kept):
    ready = readied(game, kind)
    outcome = ready.performance.outcome([])
    came = came_of(ready.contest, [judge(90.0), judge(40.0)])
    result = GroupResultPage(game, SONG, ready.team, (outcome, came), (None, "back"))
    wait([result._saving], 30)
    assert result._saving.exception() is None
    dances_kept = sum(day.dances for day in days_of(ready.team.stores[0]))
    assert dances_kept == kept


def test_pages_are_drawn_at_every_size(game, page):
    ready = GroupReadyPage(readied(game), "back")
    ready.enter(0.0)
    for size in (*SIZES, (1920, 1080), (80, 80)):
        page.draw(pygame.Surface(size))
        ready.draw(pygame.Surface(size))
    ready.key("escape")
    ready.leave()


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("count", range(1, 7))
def test_everybody_has_a_place_of_their_own(count, rows):
    room = pygame.Rect(40, 80, 640, 900)
    places = cells(room, count, rows, 1.0)
    assert len(places) == count
    assert all(room.contains(place) and place.width > 60 for place in places)
    assert not any(place.collidelistall(places[:k]) for k, place in enumerate(places))
    assert len({place.top for place in places}) == min(rows, count)


@pytest.mark.parametrize("picture", [(960, 540), (640, 480), (480, 640)])
@pytest.mark.parametrize("room", [(1192, 470), (632, 1000), (500, 500)])
def test_no_bars_are_beside_the_picture(picture, room):
    place = pygame.Rect((44, 90), room)
    shown = fitted(place, picture)
    assert place.contains(shown)
    crop = crop_to_fill(picture, shown.size)
    assert all(abs(a - b) <= 1 for a, b in zip(crop.shown.size, shown.size, strict=True))


def test_a_medleys_rounds_begin_where_its_songs_are_danced():
    medley = medley_of("x", "", [excerpt_of(pack(name, preview_s=20.0)) for name in "abc"])
    begins = [each.start_s for each in contest_of(medley, "relay", 2).rounds]
    assert begins[1:] == [each.danced_s[0] for each in medley.excerpts[1:]]


DANCER = DancerView(0, "Mina", 0, gone_s=0.0)
CARDS = {
    "of a whole dance": (DANCER, Stand(80.0, here=50.0), "together", "", (80.0, 1)),
    "whose turn it is": (DANCER, Stand(80.0), "relay", "your turn", (80.0, 1)),
    "who is next": (DANCER, Stand(on=False, in_s=3.2), "relay", "get ready: 4", (None, 0)),
    "whose turn comes later": (
        DANCER, Stand(on=False, in_s=11.5), "relay", "next turn in 12 s", (None, 0)
    ),
    "who has danced": (DANCER, Stand(on=False), "relay", "all turns danced", (None, 0)),
    "who never was": (replace(DANCER, gone_s=np.inf), Stand(), "together", "step in", (None, 0)),
    "who is lost": (replace(DANCER, gone_s=5.0), Stand(), "duel", "not seen", (None, 0)),
    "who is out": (
        replace(DANCER, gone_s=5.0), Stand(60.0, out=True, on=False), "elimination", "out", (60.0, 0)
    ),
    "who will be": (
        DANCER, Stand(80.0, here=50.0, least=True), "elimination", "out, if it stays so", (50.0, 0)
    ),
    "who has won one": (DANCER, Stand(80.0, wins=1, here=50.0), "duel", "★", (50.0, 0)),
    "a round begins": (DANCER, Stand(80.0, wins=2), "duel", "★★", (None, 0)),
}  # fmt: skip


@pytest.mark.parametrize(("who", "stand", "kind", "told", "points"), CARDS.values(), ids=CARDS)
def test_who_is_lost_out_or_on_is_told_on_the_card(who, stand, kind, told, points):
    face = card_of(who, stand, kind)
    assert (face.told, (face.points, face.rank)) == (told, points)


NAMES = ("Mina", "Jiwoo", "Hana")
CALLS = {
    "who begins": (("relay", 2, -1.0), "Mina begins", "turn 1 of 4, then Jiwoo in 16 s"),
    "whose turn it is": (("relay", 2, 16.0), "Jiwoo: your turn!", "turn 2 of 4, then Mina in 14 s"),
    "nothing in between": (("relay", 2, 20.0), None, "turn 2 of 4, then Mina in 10 s"),
    "who is next": (("relay", 2, 27.5), "Mina in 3", "turn 2 of 4, then Mina in 3 s"),
    "the last turn": (("relay", 2, 57.5), None, "the last turn, 3 s to go"),
    "the first round": (("duel", 2, -1.0), "ROUND 1 OF 3", "round 1 of 3, 21 s to go"),
    "who won it": (("duel", 2, 24.0, (1,)), "Round 1: Jiwoo", "round 2 of 3, 16 s to go"),
    "that nobody did": (("duel", 2, 24.0, (None,)), "Round 1: nobody", "round 2 of 3, 16 s to go"),
    "who won": (("duel", 2, 44.0, (1, 1)), "Jiwoo has won!", "It is won: dance on for fun."),
    "a while ago": (("duel", 2, 40.1, (1, 1), 9.0), None, "It is won: dance on for fun."),
    "who is out": (("elimination", 3, 34.0, (2,)), "Hana is out", "round 2 of 2: in 26 s one is out"),
    "who is left": (("elimination", 3, 31.0), "THE FINAL", "round 2 of 2: in 29 s one is out"),
    "nothing of all": (("together", 3, -1.0), None, ""),
}  # fmt: skip


@pytest.mark.parametrize(("played", "call", "line"), CALLS.values(), ids=CALLS)
def test_it_is_called_out_who_is_on_comes_or_has_won(played, call, line):
    contest = party_views.contest(*played)
    called = called_out(contest, NAMES)
    assert (None if called is None else called.words) == call
    assert line_of(contest, NAMES) == line


def test_the_coach_shows_whose_turn_it_is_and_who_is_not_out(game):
    page = GroupDancePage(readied(game, "relay"), 0.0, "back")
    assert [page._led_by(at_s) for at_s in (-1.0, 3.0, 9.0)] == [0, 0, 1]
    page = GroupDancePage(readied(game, "elimination"), 0.0, "back")
    stands = (Stand(out=True, on=False), Stand())
    page._stood = (9.0, replace(party_views.contest("elimination", 2, 9.0), stands=stands))
    assert page._led_by(9.0) == 1


RESULTS = {
    "relay": ({"turn at 0:00": "90.0", "turn at 0:08": None}, ("has won", "Mina")),
    "elimination": ({"round 1": "90.0"}, ("has won", "Mina")),
    "duel": ({"round 1": "★ 90.0", "round 2": "★ 90.0"}, ("has won 2 : 0", "Mina")),
}


@pytest.mark.parametrize(("kind", "told"), RESULTS.items(), ids=RESULTS)
def test_each_round_and_who_has_won_is_told_at_the_end(game, kind, told):
    ready = readied(game, kind)
    came = came_of(ready.contest, [judge(90.0), judge(40.0)])
    danced = (ready.performance.outcome([]), came)
    result = GroupResultPage(game, SONG, ready.team, danced, (None, "back"))
    wait([result._saving], 30)
    lines = dict(result.view().faces[0].lines)
    assert {key: lines.get(key) for key in told[0]} == told[0]
    counted = {key: int(count) for key, count in lines.items() if key in GRADES}
    assert counted == {"GREAT": len(came.earned[0].moves)}
    assert result.view().team == (told[1],)


def test_the_page_tells_who_dances_which_section(page):
    assert page.view().songs == ()
    pressed(page, "down right")
    told = page.view().songs
    assert [(each.at, each.title) for each in told[:2]] == [
        ("0:00", "dancer 1"),
        ("0:08", "dancer 2"),
    ]
    assert told[0].artist == "verse"
