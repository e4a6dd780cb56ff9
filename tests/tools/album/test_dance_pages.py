"""How a dance is written: words, lines, members, and what is said where a line is not understood."""

import pytest

from tools.album.dance.choreograph import check
from tools.album.dance.page import read_page
from tools.album.dance.words import (
    Arm,
    DanceWordError,
    Foot,
    Vocabulary,
    read_words,
    vocabulary,
)

PAGE = """
members 3
height 55
formation row: 0 0, -60 0, 60 0   # a comment
formation wedge: 0 40, -50 -20, 50 -20
arm hook 90/150
move wink, 4, bounce 2
1   R hook L hip look R20 foot R 15,4
2&  arms vee shrug L10 sharp 30
phrase refrain: wink, wink L
phrase refrain: slow wink | canon 1
[verse]
groove, point L | to wedge centre 2 | mirror 2 3
quick groove x4 | 3: wink, wink
[chorus]
refrain
"""


@pytest.fixture
def page_of(tmp_path):
    def read(text):
        path = tmp_path / "song.dance.txt"
        path.write_text(text, encoding="utf-8")
        return read_page(path)

    return read


def test_a_page_says_who_does_what(page_of):
    page = page_of(PAGE)
    assert (page.members, page.height) == (3, 0.55)
    assert page.formations["wedge"][1] == (-0.5, -0.2)
    first, second = page.sections[0][1]
    assert [move.name for move in first.moves] == ["groove", "point"]
    assert (first.to, first.centre, first.mirrors) == ("wedge", 1, frozenset({1, 2}))
    assert [move.counts for move in second.moves] == [2, 2, 2, 2]
    assert [move.name for move in second.others[2]] == ["wink", "wink"]
    name, refrain = page.sections[1]
    assert (name, [line.canon for line in refrain]) == ("chorus", [0, 1])
    assert [line.counts for line in refrain] == [8, 8]
    check(page, [("verse", 4), ("chorus", 4)])


def test_a_key_changes_what_it_says_and_the_other_side_is_its_mirror(page_of):
    move = page_of(PAGE).words.moves["wink"]
    one, two = move.keys
    assert (one.count, two.count, move.bounce) == (0, 1.5, 2)
    assert one.right == Arm(90, 150)
    assert one.right_foot == two.right_foot == Foot(15, 4)
    assert (one.look, two.look, two.shrug_left, two.sharp) == (-20, -20, 10, 30)
    other = move.mirrored().keys[0]
    assert (other.left, other.look, other.left_foot) == (Arm(90, 150), 20, Foot(15, 4))
    assert move.mirrored().mirrored() == move


WRONG = {
    "moonwalk, groove": "no move is called 'moonwalk'",
    "groove | to nowhere": "nothing that is known",
    "groove | 4: wink": "members are 1 to 3",
    "groove | 2: slow wink": "not as long",
    "formation two: 0 0, 1 0": "name 3 places",
    "members many": "many",
}
WRONG_MOVES = {
    "1 R nowhere": "no arm is called",
    "1 R": "a word is missing",
    "first R vee": "no count",
    "1 jump 3": "no word of a key pose",
    "1 look up": "no side and number",
    "5 arms 90": "the move is over",
}


@pytest.mark.parametrize(("line", "said"), WRONG.items())
def test_a_line_that_is_not_understood_is_named(page_of, line, said):
    with pytest.raises(DanceWordError, match=r"song\.dance\.txt, line 17: ") as why:
        page_of(PAGE + line + "\n")
    assert said in str(why.value)


@pytest.mark.parametrize(("line", "said"), WRONG_MOVES.items())
def test_a_key_that_is_not_understood_is_named(line, said):
    with pytest.raises(DanceWordError, match="line 2: ") as why:
        read_words(["move odd, 4", line], Vocabulary(), "own moves")
    assert said in str(why.value)


@pytest.mark.parametrize(
    ("sections", "said"),
    [([("verse", 4), ("chorus", 8)], "section 2 is chorus of 16 counts"),
     ([("verse", 4), ("break", 4)], "the music has break"), ([("verse", 4)], "the music has 1")],
)  # fmt: skip
def test_a_page_that_does_not_fill_the_music_is_refused(page_of, sections, said):
    with pytest.raises(DanceWordError, match=said):
        check(page_of(PAGE), sections)


def test_the_vocabulary_is_large_and_every_move_has_a_first_pose():
    moves = vocabulary().moves
    assert len(moves) >= 60
    assert [name for name, move in moves.items() if not move.keys or move.keys[0].count] == []
