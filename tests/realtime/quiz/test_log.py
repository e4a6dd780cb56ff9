from __future__ import annotations

import json
import logging

import pytest

from kpopdance.realtime.quiz.log import KEPT, confusions, game_of, keep_game, read_games
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
    path = tmp_path / "deep" / "quizzes.json"
    quiz = played([True, False, None])
    game = game_of(quiz, "word", "2026-11-22")
    keep_game(path, game)
    keep_game(path, game)
    assert read_games(path) == [game, game]
    assert "노래" in path.read_text(encoding="utf-8")
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
        "A was taken for B 3 times.", "C was taken for D twice.", "E was taken for F once.",
    )  # fmt: skip
    assert confusions([]) == ()


@pytest.mark.parametrize(
    "text",
    ["", "{", "7", "[7]", '[{"answers": 3}]', '[{"answers": [{"title": "A"}]}]', "[" * 9999],
)
def test_a_damaged_file_is_set_aside(tmp_path, text, caplog):
    path = tmp_path / "quizzes.json"
    path.write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert read_games(path) == []
    assert "set aside as quizzes.damaged" in caplog.text
    assert (tmp_path / "quizzes.damaged").read_text(encoding="utf-8") == text
    keep_game(path, game_of(played([True]), "s", "d"))
    assert len(read_games(path)) == 1


def test_only_the_newest_are_kept(tmp_path):
    path = tmp_path / "quizzes.json"
    path.write_text(json.dumps([{"seed": str(k), "answers": []} for k in range(KEPT)]))
    keep_game(path, {"seed": "new", "answers": []})
    games = read_games(path)
    assert len(games) == KEPT
    assert (games[0]["seed"], games[-1]["seed"]) == ("1", "new")


def test_a_place_that_cannot_be_written_takes_nothing_away(tmp_path, caplog):
    (tmp_path / "file").write_text("taken")
    keep_game(tmp_path / "file" / "quizzes.json", {"answers": []})
    assert "cannot be" in caplog.text
