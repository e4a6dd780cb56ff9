from __future__ import annotations

import pytest

from kpopdance.realtime.library.store import Store
from kpopdance.realtime.quiz.log import confusions, game_of, keep_game, read_games
from kpopdance.realtime.quiz.rules import Entry, Quiz, Rules, make_questions

SONGS = tuple(Entry(f"song-{k}", f"노래 {k}", 0.0, 60.0) for k in range(4))


def played(right):
    agreed = Rules(questions=len(right))
    quiz = Quiz(make_questions(SONGS, agreed, "s"), agreed, 0.0)
    for well in right:
        if well is not None:
            quiz.choose((quiz.question.answer + (not well)) % 4)
            quiz.submit(quiz.began_s + 2.0)
        else:
            quiz.tick(1e9)
        quiz.go_on(10.0)
    return quiz


def test_a_quiz_survives_the_file(tmp_path):
    store = Store(tmp_path / "deep" / "kpopdance.sqlite")
    quiz = played([True, False, None])
    game = game_of(quiz, "word", "2026-11-22")
    keep_game(store, game)
    keep_game(store, game)
    assert read_games(store) == [game, game]
    right, wrong, nothing = game["answers"]
    assert (right["right"], right["chosen"]) == (True, right["title"])
    assert not wrong["right"]
    assert wrong["chosen"] not in ("", wrong["title"])
    assert nothing["chosen"] == ""
    assert right["took_s"] == 2.0


def test_what_is_taken_for_what_most_often_is_told_first():
    def game(*pairs):
        answers = [{"title": t, "chosen": c, "right": t == c} for t, c in pairs]
        return {"answers": answers}

    games = [
        game(("A", "B"), ("A", "A"), ("C", "D")), game(("A", "B"), ("C", ""), ("E", "F")),
        game(("A", "B"), ("C", "D"), ("G", "H")),
    ]  # fmt: skip
    assert confusions(games) == (
        "A was taken for B 3 times.", "C was taken for D 2 times.", "E was taken for F once.",
    )  # fmt: skip
    assert confusions([]) == ()


@pytest.mark.parametrize(
    "text",
    ["", "{", "7", "[7]", '{"answers": 3}', '{"answers": [{"title": "A"}]}', "[" * 9999],
)
def test_a_damaged_quiz_is_left_out_and_said(tmp_path, text, caplog):
    store = Store(tmp_path / "kpopdance.sqlite")
    keep_game(store, game_of(played([True]), "s", "d"))
    store.keep_quiz(text)
    assert len(read_games(store)) == 1
    assert "kpopdance.sqlite: a quiz in it cannot be read" in caplog.text
