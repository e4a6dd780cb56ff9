"""What the game speaks: texts, their catalogues, particles, and what is spoken where."""

from __future__ import annotations

import ast
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kpopdance.engines import tongues
from kpopdance.engines.tongues import (
    N_,
    _,
    counted,
    day_words,
    days_words,
    number_words,
    speak,
    system_languages,
    weekday_words,
)
from kpopdance.engines.tongues.particles import with_particles
from kpopdance.realtime.core.progress import date_of
from kpopdance.realtime.library.own_languages import fits
from tools.tongues.make_words import (
    TEMPLATE,
    brought_up,
    gathered,
    mo_of,
    po_of,
    said_in,
    texts_in,
)

FOLDER = tongues.FOLDER
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _english_again():
    yield
    speak("en")


@pytest.fixture(scope="module")
def template():
    return gathered()


@pytest.fixture(scope="module")
def korean():
    with (FOLDER / "ko.po").open("rb") as file:
        return read_po(file, locale="ko")


def test_the_catalogues_are_those_of_the_texts(template):
    """Else: ``make words``."""
    assert (FOLDER / TEMPLATE).read_bytes() == po_of(template)
    for file in FOLDER.glob("*.po"):
        catalog = brought_up(file.read_bytes(), template, file.stem)
        assert file.read_bytes() == po_of(catalog), file.name
        assert file.with_suffix(".mo").read_bytes() == mo_of(catalog), file.name


def test_all_is_said_in_korean_with_the_same_places(template, korean):
    assert len(korean) > 600
    for message in template:
        if message.id:
            said = korean.get(message.id if isinstance(message.id, str) else message.id[0])
            assert said is not None, message.id
            assert said.string, message.id
            assert (
                any("가" <= sign <= "힣" for sign in str(said.string)) or len(message.id) < 26
            ), message.id
            assert fits(said), (message.id, said.string)


def test_what_is_said_is_a_text_not_made_of_parts():
    """A text with values in it is found in no catalogue: they go where it names them."""
    for path in [*ROOT.glob("engines/**/*.py"), *ROOT.glob("realtime/**/*.py")]:
        for line, word, given in said_in(path.read_text("utf-8")):
            wrong = (
                (ast.JoinedStr, ast.BinOp) if word in ("_", "N_", "counted") else ast.JoinedStr
            )
            assert not any(isinstance(each, wrong) for each in given), f"{path}:{line}"


def test_texts_are_found_where_they_are_said():
    code = 'N_("a" "b"); _("of {x}", x=y); counted("one", "many", 2); Chip("K", "c", "d"); _(z); f("e")'
    assert [text for _line, text in texts_in(code)] == ["ab", "of {x}", ("one", "many"), "c"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("왼팔을(를) 올려요", "왼팔을 올려요"), ("머리을(를)", "머리를"), ("어깨이(가)", "어깨가"),
        ("네온 스텝은(는)", "네온 스텝은"), ("민아과(와)", "민아와"), ("하늘(으)로", "하늘로"),
        ("집(으)로", "집으로"), ("바다(으)로", "바다로"), ("3을(를)", "3을"), ("2을(를)", "2를"),
        ("10을(를)", "10을"), ("7(으)로", "7로"), ("“Gee”을(를)", "“Gee”를"), ("Level이(가)", "Level이"),
        ("TWICE은(는)", "TWICE는"), ("을(를)", "를"), ("cut (late)", "cut (late)"),
    ],
)  # fmt: skip
def test_korean_particles_go_with_the_word_before(said, told):
    assert with_particles(said) == told


def test_a_language_is_spoken_from_now_on():
    words = N_("raise your {bone}")
    assert _(words, bone="left forearm") == "raise your left forearm"
    speak("ko")
    assert _(words, bone=_("left forearm")) == "왼쪽 팔뚝을 더 올려요"
    assert _("") == ""
    assert _("무슨 노래") == "무슨 노래"
    assert counted("{n} song", "{n} songs", 1) == "1곡"
    assert number_words(12345) == "12,345"
    assert days_words(date_of(20420), date_of(20426)) == "11월 28일~12월 4일"
    assert weekday_words()[0] == "월"


def test_english_counts_and_writes_dates():
    assert counted("{n} song", "{n} songs", 1) == "1 song"
    assert counted("{n} song", "{n} songs", 12345) == "12,345 songs"
    assert days_words(date_of(20420), date_of(20426)).replace("\u2009", " ") == "28 Nov – 4 Dec"
    assert day_words(date_of(20420)) == "28 Nov 2025"
    assert weekday_words() == ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@pytest.mark.parametrize(
    ("environ", "wished"),
    [
        ({}, ()),
        ({"LANG": "ko_KR.UTF-8"}, ("ko_KR", "ko")),
        ({"LANG": "C", "LC_ALL": "ko_KR@euro"}, ("ko_KR", "ko")),
        ({"LANGUAGE": "pt_BR:de", "LANG": "ko_KR"}, ("pt_BR", "pt", "de")),
        ({"LANG": "C.UTF-8"}, ("C",)),
    ],
)
def test_the_computer_says_which_language(environ, wished):
    assert tuple(code for code in system_languages(environ) if code) == wished


def test_what_no_catalogue_knows_is_said_in_english():
    speak("xx", NullTranslations())
    assert _("{limb} not seen", limb="Arm") == "Arm not seen"
