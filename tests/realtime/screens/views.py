"""Views to draw in tests: dancers standing with their right arm up, songs, a judged dance."""

from __future__ import annotations

import dataclasses

import numpy as np
import pygame

from kpopdance.realtime.core.curves import Curve, Line
from kpopdance.realtime.core.types import GRADES, Pose, Report, Verdict
from kpopdance.realtime.screens.players_view import HistoryView, PlayerCard, PlayersView
from kpopdance.realtime.screens.practice_view import PracticeView
from kpopdance.realtime.screens.view import (
    Cover,
    DanceView,
    ResultView,
    SideView,
    SongCard,
    Upcoming,
)

STANDING = (
    (0.00, -0.40), (0.00, -0.30), (-0.08, -0.29), (-0.16, -0.36), (-0.20, -0.48),
    (0.08, -0.29), (0.13, -0.18), (0.15, -0.05), (-0.05, 0.00), (-0.07, 0.17), (-0.09, 0.34),
    (0.05, 0.00), (0.07, 0.17), (0.09, 0.34), (-0.01, -0.42), (0.01, -0.42), (-0.03, -0.41),
    (0.03, -0.41),
)  # fmt: skip
LONG = "아주 길고 긴 노래 제목이라서 어디에도 다 들어가지 않는 제목 " * 3


def dancer(x=0.9, y=0.55, size=1.0):
    joints = np.ones((18, 3), np.float32)
    joints[:, :2] = np.array(STANDING) * size + (x, y)
    return joints


def unseen():
    joints = np.full((18, 3), np.nan, np.float32)
    joints[:, 2] = 0
    return joints


def unjudged(reason):
    return Verdict(9, 18.0, 20.0, "MISS", 0.0, 0.0, f"not judged: {reason}", judged=False)


def dance(**other):
    verdict = Verdict(1, 1.0, 2.0, "PERFECT", 95.0, 0.12)
    view = DanceView(
        title="네온 스텝", artist="crew", phase="playing", song_s=31.0, length_s=92.0, bpm=120.0,
        beat=62.0, picture=np.full((480, 640, 3), 40, np.uint8),
        pose=Pose((dancer(320 / 480, 0.5) * (480, 480, 1)).astype(np.float32)), mirror=True,
        coach=np.stack([dancer(0.9), dancer(0.4)]), lead=0,
        upcoming=tuple(Upcoming(float(at), dancer()) for at in (31.0, 32.0, 33.0)),
        score=47.4, stars=2.4, combo=12, verdict=verdict, verdict_age_s=0.4,
        status="a network · a runtime · a camera",
    )  # fmt: skip
    return dataclasses.replace(view, **other)


def cards(count=12):
    songs = [
        SongCard(f"song{i}", f"Song {i}", "crew", "ko", 120.0, 90.0, 3) for i in range(count)
    ]
    songs[0] = dataclasses.replace(songs[0], title="다시 만난 세계", best_score=91.5)
    cover = Cover(np.full((20, 30, 3), 90, np.uint8))
    songs[1] = dataclasses.replace(songs[1], title=LONG, artist=LONG, cover=cover)
    songs[2] = dataclasses.replace(songs[2], problem="song.toml: bpm is missing; add it. " * 6)
    return songs


def result(age_s=9.0, **other):
    moves = tuple(
        Verdict(i, i * 2.0, i * 2.0 + 2, GRADES[i % 5], 95.0 - 20 * (i % 5), 0.05)
        for i in range(40)
    )
    report = Report(
        score=81.3, stars=4, lag_ms=95.0, coverage=0.97, moves=moves, best=5, best_combo=17,
        limbs=dict.fromkeys(("right arm", "left arm", "right leg", "left leg", "head"), 70.0),
        sections=(("Intro", 72.0), ("Chorus", 93.0)), counts=dict.fromkeys(GRADES, 8),
        advice=("Your left leg steps too small; bend the knee. " * 3, "Start a touch earlier."),
    )  # fmt: skip
    report = dataclasses.replace(report, **other)
    told = f"Move 6 · 0:10 · {LONG}"
    return ResultView(
        "네온 스텝", "crew", report, age_s, 76.0, chosen=(5, 9) if report.moves else None,
        pointed_words=told, sections=(("Intro", 0.0), ("Chorus", 30.0)),
        side=side() if report.moves else None, to_practise=(told, told),
    )  # fmt: skip


def side(**other):
    """Some moves of a dance beside the coach's."""
    both = (dancer(0.5, 0.6), dancer(0.55, 0.6))
    shown = SideView("Move 6 · 0:10 · OK 41", LONG, *both, (0.2, 0.1, 0.8, 1.0))
    return dataclasses.replace(shown, **other)


def practice(**other):
    """A passage being repeated, the last try beside the coach."""
    shown = PracticeView(
        "Moves 12-13", 7, 1, 2, 61.0, "left forearm too low", "raise your left forearm",
        ghost=dancer(0.9),
    )  # fmt: skip
    return dance(
        coach=dancer(0.9)[None], verdict=None, practice=dataclasses.replace(shown, **other)
    )


def panels(layout):
    """The rectangles of a layout that must not overlap, by name."""
    rects = {field.name: getattr(layout, field.name) for field in dataclasses.fields(layout)}
    over = ("banner", "middle")
    return {n: r for n, r in rects.items() if isinstance(r, pygame.Rect) and n not in over}


def player(name="민아", **other):
    return PlayerCard(
        name, 3, "1,204 dances · 12 days in a row", "90 minutes a week", 0.42, **other
    )


def players(**other):
    cards = (player(plays=True), player(LONG), PlayerCard("Guest", 7, "nothing is kept"))
    return dataclasses.replace(PlayersView(1.0, cards, 0), **other)


def history(**other):
    curve = Curve(LONG, tuple(50.0 + k % 9 for k in range(150)))
    minutes = (0.0, 12.0, None, 4.0)
    bars = Curve("Minutes", minutes, high=20.0, unit="min", labels=tuple("abcd"), bars=True)
    lines = (
        Line(LONG, "82", LONG, 0.8, curve),
        *(Line("week", "9 min", "one", 0.1, bars),) * 30,
    )
    pages = ("songs", "body", "weeks", "timing", "moves")
    view = HistoryView(1.0, player(), "songs", pages, lines, 0, ("1,204 dances",) * 4, 12)
    return dataclasses.replace(view, **other)
