"""Every page in a language that turns each letter into another: what is still Latin is hard-coded."""

from __future__ import annotations

import dataclasses
import re
from gettext import NullTranslations

import pytest

from kpopdance.engines.tongues import speak
from kpopdance.realtime.screens.screen import Screen
from tests.realtime.screens.test_legible import PAGES, drawn

SMALL = (640, 360)
OURS = re.compile(r"(\{[^}]*\})|[A-Za-z]")
WORD = re.compile(r"[A-Za-z]{2,}")
AS_THEY_ARE = {
    # the game's name, what stands on keys, grades, units, what is typed into a terminal
    "KPOP", "DANCE", "kpopdance", "record", "VIDEO", "Enter", "Esc", "Space", "Tab", "Del", "PERFECT",
    "GREAT", "GOOD", "OK", "MISS", "SPACE", "SPC", "SH", "ms", "px",
}  # fmt: skip


class Turned(NullTranslations):
    """Says each text with other letters, the places in it as they are."""

    def gettext(self, message):
        return OURS.sub(lambda found: found[1] or "ㅎ", message)

    def ngettext(self, msgid1, msgid2, n):
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def turned():
    speak("xx", Turned())
    yield
    speak("en")


@pytest.fixture
def korean():
    speak("ko")
    yield
    speak("en")


def words_in(value):
    """Return the words of all texts that a view holds: titles, names, and what a page made of them."""
    if isinstance(value, str):
        return set(WORD.findall(value))
    if dataclasses.is_dataclass(value):
        fields = (getattr(value, field.name) for field in dataclasses.fields(value))
        return set().union(*map(words_in, fields))
    if isinstance(value, (tuple, list)):
        return set().union(*map(words_in, value))
    return words_in(getattr(value, "cards", ())) if isinstance(value, Screen) else set()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_writes_a_text_that_is_not_said(page, turned):
    given = []
    texts = {text for _px, text in drawn(page, (1280, 720), given)}
    known = AS_THEY_ARE | set().union(*map(words_in, given))
    assert {text for text in texts if set(WORD.findall(text)) - known} == set()


@pytest.mark.parametrize("page", PAGES)
def test_korean_is_cut_nowhere(page, korean):
    """What is cut in Korean would be cut in English too."""
    cut = sum(text.endswith("…") for _px, text in drawn(page, SMALL))
    speak("en")
    assert cut <= sum(text.endswith("…") for _px, text in drawn(page, SMALL))
