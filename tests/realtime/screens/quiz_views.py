"""Quizzes to draw in tests: questions in every phase, last pages, a dance that is guessed."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from kpopdance.realtime.screens.quiz_view import (
    AskedView,
    GuessView,
    HintView,
    PlayerView,
    QuizEndView,
    QuizView,
    ReverseView,
)
from tests.fakes import LOST_CAMERA
from tests.realtime.screens import views

TITLES = ("네온 스텝", "다시 만난 세계", "Ring the Alarm (Performance Version)", "LOVE DIVE")
LADDER = ("points", "bones", "formation", "music", "colours")
STATURE = (0.3, 0.05, 1.5, 0.95)
COVER = ((240, 60, 120), (30, 30, 60), (250, 220, 90), (90, 200, 230))


def ladder(taken=1):
    return tuple(HintView(name, k < taken) for k, name in enumerate(LADDER))


def players(count=1, buzzing=None, out=()):
    if count == 1:
        return (PlayerView("You", "", 342, 3),)
    names, keys = ("Mina", "지훈", "Alexandra", "Jo"), ("a", "l", "space", "right shift")
    return tuple(
        PlayerView(names[k], keys[k], 120 * k - 25, k, k in out, k == buzzing)
        for k in range(count)
    )


def troupe(count):
    return np.stack(
        [views.dancer(0.9 + 0.5 * (k + 1) // 2 * (-1) ** k * 0.5, 0.55) for k in range(count)]
    )


def quiz(**other):
    view = QuizView(
        phase="asking", number=4, total=10, choices=TITLES, selected=1, hovered=2, answer=None,
        points_earned=0, joints=views.dancer()[None], stature=STATURE, picture=None,
        figure="bones", lead=0, hints=ladder(2), colours=(), sounding=False, left_s=14.2,
        limit_s=20.0, players=players(), age_s=2.0, beat=3.3, marks=(True, False, True),
        played=0.4,
    )  # fmt: skip
    return dataclasses.replace(view, **other)


def told(selected=1, answer=1, **other):
    points = 98 if selected == answer else 0
    return quiz(**{
        "phase": "told", "selected": selected, "answer": answer, "points_earned": points,
        "hovered": None, **other,
    })  # fmt: skip


STATES = {
    "asking": quiz(),
    "lights": quiz(figure="points", hints=ladder(1), selected=None),
    "hurry": quiz(left_s=3.2, hints=ladder(5), colours=COVER, sounding=True,
                  joints=troupe(5), lead=0, stature=(-0.2, 0.0, 2.0, 1.0)),
    "no limit": quiz(left_s=math.inf, limit_s=math.inf),
    "picture": quiz(joints=None, picture=np.full((480, 640, 3), (0, 90, 30), np.uint8)),
    "nothing": quiz(joints=None),
    "six": quiz(choices=(*TITLES, "Five", "육")),
    "long": quiz(choices=(views.LONG, "A " * 90, "Averylongword" * 9, "짧다"),
                 notices=("The sound device was lost - silent", views.LONG)),
    "four": quiz(players=players(4, out=(1,)), selected=None),
    "two": quiz(players=players(2), selected=None),
    "buzzed": quiz(phase="buzzed", players=players(4, buzzing=2, out=(1,)), left_s=4.0,
                   limit_s=6.0, selected=0),
    "right": told(),
    "wrong": told(selected=3),
    "ran out": told(selected=None),
    "flying": told(age_s=0.6),
    "minus": told(selected=0, answer=3, points_earned=-25, age_s=0.5,
                  players=players(3, buzzing=1)),
    "last": told(number=10),
    "nobody": quiz(joints=np.empty((0, 18, 3), np.float32), hints=(), marks=()),
    "unseen": quiz(joints=views.unseen()[None], hints=ladder(5)[:2]),
    "nine": quiz(joints=troupe(9), lead=8, stature=(-1.0, 0.0, 3.0, 1.0)),
    "lost": quiz(joints=np.full((2, 18, 3), np.nan, np.float32), stature=(math.nan,) * 4,
                 played=math.nan, lead=77, left_s=math.nan),
}  # fmt: skip


def asked(count=10):
    return tuple(
        AskedView(
            (*TITLES, views.LONG)[k % 5], k % 5 != 1,
            "" if k == 6 else (*TITLES, views.LONG)[(k + (k % 5 == 1)) % 5], 3.4 + k,
        )
        for k in range(count)
    )  # fmt: skip


def end(**other):
    view = QuizEndView(
        players=players(), asked=asked(), word="Wonderful: hardly a step gets past you.",
        best_streak=5,
        confusions=("You took 네온 스텝 for LOVE DIVE 3 times.",
                    "Ring the Alarm is often taken for 다시 만난 세계."),
        share="Guess That Song! neon-42: 8/10 ●○●●●●○●●● (songs 3f2a)", age_s=4.0,
    )  # fmt: skip
    return dataclasses.replace(view, **other)


ENDS = {
    "alone": end(),
    "early": end(age_s=0.2),
    "several": end(players=players(4)[::-1]),
    "tie": end(players=(PlayerView("Mina", "a", 300, 2), PlayerView("지훈", "l", 300, 4))),
    "bare": end(confusions=(), share="", asked=asked(3)),
    "many": end(asked=asked(37)),
    "none": end(asked=(), confusions=(), share="", best_streak=0, word=""),
    "long": end(word=views.LONG, confusions=(views.LONG,) * 6, share=views.LONG * 3),
}  # fmt: skip


def reverse(**other):
    picture = np.full((480, 640, 3), 44, np.uint8)
    view = ReverseView(
        picture=picture,
        pose=(views.dancer(320 / 480, 0.5) * (480, 480, 1)).astype(np.float32),
        guesses=(
            GuessView("다시 만난 세계", "소녀시대", 0.81, 42.4),
            GuessView("LOVE DIVE", "IVE", 0.11, 13.0),
            GuessView("Ring the Alarm", "KARD", 0.05, 71.0),
            GuessView("네온 스텝", "crew", 0.03, 8.0),
        ),
        known=True, danced_s=9.0, needed_s=4.0, coach=np.stack([views.dancer(), views.dancer(0.4)]),
        lead=0, songs=12, beat=3.3, age_s=9.0, status="a network · a runtime · a camera",
    )  # fmt: skip
    return dataclasses.replace(view, **other)


REVERSES = {
    "known": reverse(),
    "unknown": reverse(known=False),
    "waiting": reverse(guesses=(), known=False, danced_s=1.4, coach=None),
    "no camera": reverse(picture=None, pose=None, guesses=(), known=False, danced_s=0.0, coach=None),
    "long": reverse(
        guesses=tuple(GuessView(views.LONG, views.LONG, 0.2, 700.0) for _ in range(9)),
        health=(LOST_CAMERA,), notices=(views.LONG,), status=views.LONG,
    ),
    "odd": reverse(
        guesses=(GuessView("?", "", math.nan, math.nan),), coach=views.unseen()[None], lead=9,
        danced_s=math.nan, needed_s=0.0, pose=views.unseen(),
    ),
}  # fmt: skip
