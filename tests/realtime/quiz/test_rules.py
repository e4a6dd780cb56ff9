"""Guess That Song!: questions, answers, points, buzzers."""

from __future__ import annotations

import math

import pytest

from kpopdance.realtime.quiz.rules import (
    BUZZ_S,
    CHOICES,
    CLIP_S,
    HINT_COST,
    LADDER,
    LIMIT_S,
    MOST_BONUS,
    WRONG_COSTS,
    Entry,
    Quiz,
    Rules,
    fingerprint,
    kind_word,
    make_questions,
    share_line,
)

SONGS = tuple(Entry(f"song-{k}", f"Song {k}", 2.0, 62.0) for k in range(12))
KNOWN = ("Known A", "Known B", "Known C", "Known D")


def quiz(count=3, **rules):
    agreed = Rules(questions=count, **rules)
    return Quiz(make_questions(SONGS, agreed, "seed"), agreed, began_s=100.0)


# ---- questions


def test_no_song_comes_twice_and_every_choice_is_another_title():
    for seed in map(str, range(30)):
        questions = make_questions(SONGS, Rules(questions=12), seed)
        assert sorted(q.slug for q in questions) == sorted(song.slug for song in SONGS)
        for question in questions:
            assert len(set(question.titles)) == CHOICES
            assert question.titles[question.answer] == f"Song {question.slug[5:]}"


def test_the_same_seed_asks_the_same_whatever_the_order_of_the_library():
    one = make_questions(SONGS, Rules(), "2026-11-22")
    assert make_questions(SONGS[::-1], Rules(), "2026-11-22") == one
    assert make_questions(SONGS, Rules(), "2026-11-23") != one
    assert make_questions(SONGS, Rules(level="hard"), "2026-11-22") != one


def test_the_right_choice_stands_anywhere():
    places = {
        question.answer
        for seed in map(str, range(20))
        for question in make_questions(SONGS, Rules(), seed)
    }
    assert places == set(range(CHOICES))


def test_clips_lie_within_the_dance_and_off_its_ends():
    for seed in map(str, range(20)):
        for question in make_questions(SONGS, Rules(questions=12), seed):
            assert 8.0 <= question.clip_s <= 62.0 - 6.0 - CLIP_S


def test_a_short_dance_is_shown_from_its_beginning():
    (question,) = make_questions(
        (Entry("short", "Short", 3.0, 8.0),), Rules(), "x", known=KNOWN
    )
    assert question.clip_s == 3.0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_songs_are_filled_up_with_known_titles(count):
    questions = make_questions(SONGS[:count], Rules(), "x", known=(*KNOWN, "Song 0"))
    assert len(questions) == count
    for question in questions:
        assert len(set(question.titles)) == CHOICES
        own = [slug for slug in question.slugs if slug]
        assert len(own) == count
        assert set(question.titles) <= {*KNOWN, "Song 0", "Song 1", "Song 2"}


def test_songs_of_one_title_are_one_choice():
    twins = (*SONGS[:3], Entry("cover", "Song 1", 0.0, 60.0))
    for seed in map(str, range(20)):
        for question in make_questions(twins, Rules(), seed, known=KNOWN):
            assert len(set(question.titles)) == CHOICES


def test_hard_questions_offer_the_dances_most_alike():
    def alike(slug):
        return {f"song-{k}": -abs(k - int(slug[5:])) / 12 for k in range(12)}

    for question in make_questions(SONGS, Rules(12, "hard"), "x", alike=alike):
        own = int(question.slug[5:])
        others = sorted(
            abs(int(slug[5:]) - own) for slug in question.slugs if slug != question.slug
        )
        nearest = sorted(abs(k - own) for k in range(12) if k != own)[:3]
        assert others == nearest


def test_songs_nobody_compared_come_last_and_easy_questions_compare_nothing():
    def alike(slug):
        return {"song-1": -0.9, "song-2": 0.1}

    for question in make_questions(SONGS, Rules(12, "hard"), "x", alike=alike):
        assert {"song-1", "song-2"} <= set(question.slugs)
    make_questions(SONGS, Rules(12), "x", alike=lambda slug: pytest.fail(slug))


def test_an_empty_library_and_rules_nobody_can_play_are_refused():
    with pytest.raises(ValueError, match="no song"):
        make_questions((), Rules(), "x")
    for wrong in (
        {"questions": 0},
        {"limit_s": 0},
        {"limit_s": math.nan},
        {"players": 5},
        {"players": 0},
    ):
        with pytest.raises(ValueError, match="choose"):
            Rules(**wrong)


def test_a_fingerprint_tells_libraries_apart():
    assert fingerprint(SONGS) == fingerprint(SONGS[::-1])
    assert fingerprint(SONGS) != fingerprint(SONGS[1:])
    renamed = (Entry("song-0", "Another title", 2.0, 62.0), *SONGS[1:])
    assert fingerprint(SONGS) != fingerprint(renamed)


# ---- alone


def right_of(game):
    return game.question.answer


def wrong_of(game):
    return (game.question.answer + 1) % CHOICES


def test_a_whole_quiz_from_first_to_last():
    game, now = quiz(3), 100.0
    for number in range(3):
        assert (game.number, game.phase, game.mark, game.told) == (number, "asking", None, None)
        assert not game.submit(now)  # nothing marked
        game.choose(right_of(game))
        assert game.submit(now)
        assert game.phase == "told"
        assert game.told.right
        assert not game.submit(now)
        now += 5
        game.go_on(now)
    assert game.phase == "over"
    assert game.standings[0].right == game.standings[0].best_streak == 3
    assert [answer.points for answer in game.answers] == [100, 110, 120]
    assert game.standings[0].points == 330


def test_speed_is_worth_half_and_hints_cost():
    for took_s, hints, expected in (
        (0.0, 0, 100), (LIMIT_S / 2, 0, 75), (LIMIT_S - 0.001, 0, 50), (0.0, 1, 85),
        (LIMIT_S / 2, 3, 41),
    ):  # fmt: skip
        game = quiz()
        for _ in range(hints):
            game.hint()
        game.choose(right_of(game))
        game.submit(100.0 + took_s)
        assert game.told.points == expected
        assert game.told.hints == hints


def test_without_a_limit_there_is_no_hurry():
    game = quiz(limit_s=math.inf)
    game.tick(1e9)
    assert game.phase == "asking"
    game.choose(right_of(game))
    game.submit(1e9)
    assert game.told.points == 100


def test_a_streak_pays_more_and_ends_with_a_mistake():
    agreed = Rules(questions=12)
    game, earned = Quiz(make_questions(SONGS, agreed, "s"), agreed, 0.0), []
    for number in range(12):
        game.choose(wrong_of(game) if number == 8 else right_of(game))
        game.submit(game.began_s)
        earned.append(game.told.points)
        game.go_on(0.0)
    assert earned == [100, 110, 120, 130, 140, 150, 150, 150, 0, 100, 110, 120]
    assert MOST_BONUS == 50
    assert (game.standings[0].best_streak, game.standings[0].streak) == (8, 3)


def test_time_runs_out():
    game = quiz()
    game.tick(100.0 + LIMIT_S - 0.01)
    assert game.phase == "asking"
    game.tick(100.0 + LIMIT_S)
    told = game.told
    assert (game.phase, told.choice, told.right, told.points) == ("told", None, False, 0)
    assert game.left_s(200.0) == 0


def test_a_choice_that_is_marked_when_time_runs_out_is_the_answer():
    game = quiz()
    game.choose(right_of(game))
    game.tick(100.0 + LIMIT_S)
    assert game.told.right
    assert game.told.points == 50


def test_a_question_that_cannot_be_shown_is_skipped():
    game = quiz(2)
    game.skip(101.0)
    assert (game.number, game.phase, game.answers) == (1, "asking", [])
    game.skip(102.0)
    assert game.phase == "over"


def test_a_hint_that_gave_nothing_costs_nothing():
    game = quiz(begins=0)
    game.hint()
    game.hint()
    game.free += 1
    game.choose(right_of(game))
    game.submit(100.0)
    assert game.told.points == 85
    game.go_on(100.0)
    assert game.free == 0


def test_the_ladder_goes_up_to_its_end_and_begins_anew():
    game = quiz(begins=0)
    assert [game.hint() for _ in range(6)] == [*LADDER[1:], None, None]
    assert game.hints_taken() == 4
    game.choose(right_of(game))
    game.submit(100.0)
    assert game.told.points == round(100 * (1 - 4 * HINT_COST))
    assert game.hint() is None  # told: too late
    game.go_on(100.0)
    assert (game.step, game.hints_taken()) == (0, 0)


def test_a_song_without_music_or_cover_has_a_shorter_ladder():
    solo = (Entry("a", "A", 0.0, 60.0, ("points", "bones")),)
    agreed = Rules(begins=0)
    game = Quiz(make_questions(solo, agreed, "s", known=KNOWN), agreed, 0.0)
    assert [game.hint(), game.hint()] == ["bones", None]


def test_keys_move_the_mark_round():
    game = quiz()
    game.move(1)
    assert game.mark == 0
    game.move(-1)
    assert game.mark == CHOICES - 1
    game.move(1)
    assert game.mark == 0
    game.choose(9)
    assert game.mark == 0
    game = quiz()
    game.move(-1)
    assert game.mark == CHOICES - 1


# ---- with buzzers


def test_who_buzzes_first_answers():
    game = quiz(players=3)
    game.choose(right_of(game))
    assert not game.submit(101.0)  # nobody buzzed
    assert game.buzz(1, 104.0)
    assert not game.buzz(2, 104.1)
    assert (game.phase, game.turn, game.mark) == ("buzzed", 1, None)
    assert game.left_s(105.0) == pytest.approx(BUZZ_S - 1.0)
    game.choose(right_of(game))
    assert game.submit(109.0)
    assert game.told.took_s == pytest.approx(4.0)  # until the buzzer
    assert game.told.points == 90
    assert [standing.points for standing in game.standings] == [0, 90, 0]


def test_a_wrong_answer_costs_and_passes_the_question_on():
    game = quiz(players=2)
    game.standings[0] = game.standings[0].__class__(points=40, streak=2)
    game.buzz(0, 102.0)
    game.choose(wrong_of(game))
    game.submit(105.0)
    assert (game.phase, game.out) == ("asking", frozenset({0}))
    assert (game.standings[0].points, game.standings[0].streak) == (40 - WRONG_COSTS, 0)
    assert not game.buzz(0, 106.0)
    assert game.left_s(105.0) == pytest.approx(LIMIT_S - 2.0)  # the clock stood still
    assert game.buzz(1, 107.0)
    game.choose(right_of(game))
    game.submit(107.5)
    assert game.told.points == round(100 * (1 - 0.5 * 4.0 / LIMIT_S))
    game.go_on(110.0)
    assert game.out == frozenset()
    assert game.buzz(0, 111.0)


def test_nobody_falls_below_nothing_and_when_all_were_wrong_it_is_told():
    game = quiz(players=2)
    for player in (0, 1):
        game.buzz(player, 101.0 + player)
        game.choose(wrong_of(game))
        game.submit(101.5 + player)
    assert game.phase == "told"
    assert [standing.points for standing in game.standings] == [0, 0]


def test_who_buzzes_and_says_nothing_was_wrong():
    game = quiz(players=2)
    game.buzz(1, 101.0)
    game.tick(101.0 + BUZZ_S)
    assert (game.phase, game.out) == ("asking", frozenset({1}))
    game.tick(101.0 + BUZZ_S + LIMIT_S)
    assert game.phase == "told"
    assert game.told.choice is None
    assert game.answering == 1  # the only one who tried


def test_nobody_is_blamed_where_nobody_buzzed():
    game = quiz(players=3)
    game.choose(0)
    assert game.mark is None  # buzz first
    game.tick(100.0 + LIMIT_S)
    assert (game.phase, game.answering, game.told.points) == ("told", None, 0)
    game.go_on(130.0)
    game.buzz(2, 131.0)
    assert game.answering == 2


def test_standings_stay_when_nobody_answers():
    game = quiz(players=2)
    game.buzz(1, 101.0)
    game.tick(101.0 + BUZZ_S)
    game.tick(101.0 + BUZZ_S + LIMIT_S)
    assert game.standings[0].points == 0


def test_alone_there_is_no_buzzer():
    game = quiz()
    assert not game.buzz(0, 101.0)


# ---- the end


def test_words_are_kind_and_fit():
    words = [kind_word(right, 10) for right in range(11)]
    assert len(set(words)) == 5
    assert words[10] != words[9]
    assert kind_word(0, 0)


def test_the_line_to_share_has_a_mark_for_each_question():
    game = quiz(3)
    for wrong in (False, True, False):
        game.choose(wrong_of(game) if wrong else right_of(game))
        game.submit(100.0)
        game.go_on(100.0)
    line = share_line("2026-11-22", [answer.right for answer in game.answers], "3f2a")
    assert line == "Guess That Song! 2026-11-22: 2/3 ●○● (songs 3f2a)"
    assert game.marks() == (True, False)  # the third is on the page still
