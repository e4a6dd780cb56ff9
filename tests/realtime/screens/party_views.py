"""Views of the pages of a party to draw in tests: groups, random play dance, board, ghost, clip."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.terms import Terms, said_terms
from kpopdance.realtime.core.types import GRADES, Pose, Verdict
from kpopdance.realtime.library.verified import REASONS
from kpopdance.realtime.party.board import NOT_COUNTED
from kpopdance.realtime.party.group_page import KIND_WORDS, TEXTS
from kpopdance.realtime.scoring.contest import Contest, Stand
from kpopdance.realtime.screens.board import BoardScreen, nothing_words
from kpopdance.realtime.screens.board_view import BoardLine, BoardView
from kpopdance.realtime.screens.group import GroupScreen
from kpopdance.realtime.screens.group_pages import GroupReadyScreen, GroupResultScreen
from kpopdance.realtime.screens.group_pages_view import (
    GroupReadyView,
    GroupResultView,
    ResultFace,
)
from kpopdance.realtime.screens.group_view import ContestView, DancerView, GroupView
from kpopdance.realtime.screens.random import RandomScreen
from kpopdance.realtime.screens.random_view import ListedSong, RandomView
from kpopdance.realtime.screens.reel_page import ReelPageScreen
from kpopdance.realtime.screens.reel_view import ReelPageView
from kpopdance.realtime.screens.setup_view import SetRow
from kpopdance.realtime.screens.view import GhostView
from tests.realtime.screens import views

PICTURE = np.full((540, 960, 3), 70, np.uint8)
NAMES = ("민아", "Jiwoo", "", "Alexandra")
MOST = 6
FEWER = "so many at once: OpenPose instead of OpenPose and MoveNet"
EARNED = {"then": 99.0, "now": 61.4}


def named(place):
    return NAMES[place % len(NAMES)] or _("dancer {n}", n=place + 1)


class Stage(GroupScreen):
    """The stage of a group, drawn as every page is."""

    def draw(self, surface, view, contest):
        self.draw_group(surface, view, contest)


def dancers(count, **first):
    """So many side by side in the picture; the last is not seen, the first is as told."""
    out = []
    for k in range(count):
        joints = views.dancer((k + 0.5) * 960 / count / 300, 0.95) * (300, 300, 1)
        seen = k < count - 1 or count == 2
        out.append(
            DancerView(
                k, NAMES[k % len(NAMES)], k % 2, Pose(joints.astype(np.float32)) if seen else None,
                71.4 - 9 * k, 3.0, (12, 0)[k % 2], Verdict(1, 1.0, 2.0, "PERFECT", 95.0, 0.12),
                0.4 if k % 3 else 9.0, **({"gone_s": 0.0 if seen else 7.0} | (first if k == 0 else {})),
            )
        )  # fmt: skip
    return tuple(out)


def ready(backdrop, count, **other):
    who = dancers(count, gone_s=np.inf, **other)
    told = _("Step in from left to right: {n} to come.", n=2)
    view = GroupReadyView(
        "네온 스텝", "crew", 2.0, who, PICTURE, told=told, share=0.4, keeps=True
    )
    return GroupReadyScreen(backdrop), view


def contest(kind, count, song_s, ended=(), told_s=1.0, length_s=60.0):
    """What is played at a second, as far as is known: in a relay the last is not seen."""
    made = Contest(kind, count, (0.0, length_s), ())
    nobody = SimpleNamespace(verdicts=(), standard=SimpleNamespace(weight=np.ones(1)))
    course = made.course([nobody] * count, song_s)._replace(
        ended=ended, told_s=told_s if ended else np.inf
    )
    turn = course.number % count
    stands = tuple(
        Stand(
            71.4 - 9 * k, kind != "relay" or k == turn,
            course.left_s if kind == "relay" and k == (turn + 1) % count else None,
            kind == "elimination" and k in ended, ended.count(k) if kind == "duel" else 0, k + 1,
            71.4 - 9 * k, kind == "elimination" and k == 1,
        )
        for k in range(count)
    )  # fmt: skip
    return ContestView(kind, stands, made.rounds, course)


def stage(backdrop, count, played=None, **dance):
    shown = views.dance(**{"picture": PICTURE, "status": views.dance().status, **dance})
    view = GroupView(shown, dancers(count), 44.0, FEWER)
    return Stage(backdrop), view, played or contest("together", count, shown.song_s)


def lines():
    """What a dancer's column may tell, all of it."""
    counts = zip(GRADES, (31, 24, 11, 6, 3), strict=True)
    return (
        (_("turn at {clock}", clock="1:08"), "88.4"),
        (_("round {n}", n=2), _("{points}, out", points="61.0")),
        (_("part"), "Hana"), (_("late"), _("{ms:.0f} ms", ms=-62)), (_("combo"), "117"),
        (_("seen"), "97 %"), (_("could be judged"), "88 %"),
        *((grade, str(count)) for grade, count in counts),
    )  # fmt: skip


def team():
    return (
        (_("team score"), "81.3"), (_("apart, on average"), _("{ms:.0f} ms", ms=44)),
        (_("off your places, body heights"), "0.4"),
    )  # fmt: skip


def result(backdrop, count, **other):
    faces = tuple(
        ResultFace(named(k), k, k + 1, 91.5 - 13 * k, 4, lines()) for k in range(count)
    )
    view = GroupResultView(
        "네온 스텝", "crew", 9.0, faces, _("LAST ONE STANDING"), team(), **other
    )
    return GroupResultScreen(backdrop), view


def group_page(backdrop):
    """Who dances: six, each with a part."""
    kind, about = KIND_WORDS["relay"]
    rows = [SetRow(_("number of dancers"), "6"), SetRow(_("what you play"), _(kind))]
    for k in range(MOST):
        name = _("dancer {n}", n=k + 1)
        rows += [SetRow(name, NAMES[k % 4] or _("guest")), SetRow(_("part"), "Hana")]
    told = f"네온 스텝: {_(about)}"
    rounds = tuple(ListedSong(f"0:{8 * k:02}", named(k), "pre-chorus") for k in range(MOST))
    view = RandomView(2.0, tuple(rows), 4, rounds, done=1.0, told=told)
    return RandomScreen(backdrop, TEXTS), view


def random_page(backdrop, songs=24, **other):
    rows = (
        SetRow(_("length"), _("{n:g} minutes", n=15)), SetRow(_("artist"), _("any")),
        SetRow(_("year"), "2010-2019"), SetRow(_("tempo"), _("{n:g} and more", n=130)),
        SetRow(_("number of dancers"), "2-4"), SetRow(_("only songs I have danced"), _("no")),
    )  # fmt: skip
    listed = tuple(
        ListedSong(f"{k}:08", ("다시 만난 세계", "Neon Steps", views.LONG)[k % 3], "crew")
        for k in range(songs)
    )
    told = f"24 · 15:02 · {_('seed {seed}', seed='7kq3')}"
    view = RandomView(2.0, rows, 3, listed, **{"done": 1.0, "told": told, **other})
    return RandomScreen(backdrop), view


TERMS = Terms("pro", "seated", mirrored=True)


def board(backdrop, count=12, **other):
    ranked = tuple(
        BoardLine(
            k + 1, named(k),
            _("{then:.1f} by the scoring of that day", then=90.0) if k % 3 == 0 else "",
            94.2 - 5 * k, 5 - k // 3,
        )
        for k in range(count)
    )  # fmt: skip
    shown = {
        "title": "네온 스텝", "terms": said_terms(TERMS.words), "which": 1, "of": 7,
        "lines": ranked, "chosen": 1,
        "status": "/home/mina/Sync/our crew · 1 dance is still to be looked at · 2 copies",
        "message": nothing_words(folder=False, reading=False),
    }  # fmt: skip
    return BoardScreen(backdrop), BoardView(2.0, **{**shown, **other})


def refused(backdrop):
    lines = tuple(
        BoardLine(0, f"2026-11-{k:02} Mina.replay.npz", _(why, song="Neon Steps", version="9", **EARNED))
        for k, why in enumerate(REASONS.values(), 1)
        if why != REASONS["damaged"]
    )  # fmt: skip
    return board(backdrop, title=_(NOT_COUNTED), terms="", which=7, lines=lines)


def ghost(**other):
    """A dance beside a ghost."""
    beside = GhostView("Alexandra", views.dancer(1.2), 63.2, -4.1)
    return views.dance(**{"ghost": beside, **other})


def clip(backdrop, **other):
    shown = {
        "preview": np.full((480, 270, 3), 90, np.uint8), "filmed": True, "look": "blurred",
        "coach": "both",
    }  # fmt: skip
    return ReelPageScreen(backdrop), ReelPageView(2.0, **{**shown, **other})
