"""A player's own translation: read from beside the settings, bounded, and never able to break a text."""

from __future__ import annotations

from contextlib import contextmanager, suppress

import pytest

from kpopdance.engines.tongues import _, counted, speak, spoken
from kpopdance.realtime.library import own_languages
from kpopdance.realtime.library.own_languages import (
    LanguageError,
    all_languages,
    language_name,
    speak_in,
)
from kpopdance.realtime.library.settings import SettingsError

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
PLURAL = 'msgid "{n} song"\nmsgid_plural "{n} songs"\nmsgstr[0] "{n} 曲"\n'


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(own_languages, "settings_file", lambda: tmp_path / "settings.toml")
    monkeypatch.setenv("LANGUAGE", "xx")
    yield tmp_path
    speak("en")


def brought(place, text, name="ja.po"):
    content = text if isinstance(text, bytes) else text.encode()
    (place / name).write_bytes(content)


@contextmanager
def refused(place):
    """Hold what is said of a translation to one sentence that names it."""
    try:
        yield
    except LanguageError as why:
        told = str(why)
        if not (told.startswith(f"{place / 'ja.po'}: ") and told.endswith("remove it")):
            raise AssertionError(told) from why
        raise


def test_a_file_is_a_language(place):
    brought(place, HEAD + 'msgid "back"\nmsgstr "戻る"\n' + PLURAL)
    assert all_languages() == ("en", "ko", "ja")
    speak_in("ja")
    assert (spoken(), _("back"), _("leave")) == ("ja", "戻る", "leave")
    assert counted("{n} song", "{n} songs", 3) == "3 曲"


@pytest.mark.parametrize(
    ("wished", "language"),
    [("ko_KR.UTF-8", "ko"), ("ja_JP", "ja"), ("C", "en"), ("fr:ko", "ko"), ("", "en")],
)
def test_without_a_wish_it_is_the_computers(place, monkeypatch, wished, language):
    brought(place, HEAD)
    monkeypatch.setenv("LANGUAGE", wished)
    monkeypatch.setenv("LC_ALL", "C")
    speak_in("")
    assert spoken() == language


@pytest.mark.parametrize(
    "said",
    [
        "{words} weg",
        "{limb.__class__} weg",
        "{limb",
        "{} weg",
        "{limb} {limb[0]}",
        "weg",
        "{0}",
        "{limb:99999}",
        "{limb!a}",
    ],
)
def test_other_places_than_ours_are_left_out(place, caplog, said):
    brought(place, HEAD + f'msgid "{{limb}} not seen"\nmsgstr "{said}"\n')
    speak_in("ja")
    assert _("{limb} not seen", limb="arm") == "arm not seen"
    assert "ja.po" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00garbage", b"msgid back\n", HEAD.encode() + b'msgid "a"\nmsgstr "\xff"\n',
        HEAD.encode() + b"#" * 5_000_000, b'msgid "x"\nmsgstr[9999999] "y"\n',
        HEAD.replace("utf-8", "no-such-code").encode() + b'msgid "a"\nmsgstr "b"\n',
        HEAD.encode() + b'"Plural-Forms: nplurals=2; plural=__import__(1);\\n"\n' + PLURAL.encode(),
    ],
    ids=["binary", "no quotes", "no utf-8", "large", "plural", "encoding", "rule"],
)  # fmt: skip
def test_what_is_no_translation_is_said_in_one_sentence(place, content):
    brought(place, content)
    with suppress(LanguageError), refused(place):
        speak_in("ja")
    assert _("back") == "back"


def test_an_unknown_language_says_which_there_are(place):
    brought(place, HEAD)
    brought(place, HEAD, "not a language.po")
    with pytest.raises(SettingsError, match=r"'xx'; choose one of en, ko, ja, or put"):
        speak_in("xx")


@pytest.mark.parametrize(("code", "name"), [("ko", "한국어"), ("en", "English"), ("qq", "qq")])
def test_languages_are_called_by_their_own_names(code, name):
    assert language_name(code) == name
