from __future__ import annotations

import json
import logging
import unicodedata

import pytest

from kpopdance.engines.texts import (
    HarmlessLines,
    drawable_line,
    harmless,
    harmless_json,
    one_line,
    same_name,
    toml_in,
)

EVIL = "a\x1b[2Jb\x9bc\u202ed\u2028e\x7f\u200f"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_is_read_as_editors_write_it(tmp_path, encoding, end):
    path = tmp_path / "a.toml"
    path.write_bytes(f'title = "춤"{end}# more{end}b = 2'.encode(encoding))
    assert toml_in(path) == {"title": "춤", "b": 2}


@pytest.mark.parametrize("order", ["le", "be"])
def test_a_byte_order_mark_says_the_order(tmp_path, order):
    path = tmp_path / "a.toml"
    path.write_bytes("\ufeffa = 1".encode(f"utf-16-{order}"))
    assert toml_in(path) == {"a": 1}


@pytest.mark.parametrize("text", ["plain", "네온 스텝", "é ü ŝ", "👩‍💻 ❤️", "两 行\n\ttab"])
def test_what_people_write_is_shown_as_it_is(text):
    assert harmless(text) == text


def test_what_could_steer_a_terminal_is_shown_as_python_writes_it():
    shown = r"a\x1b[2Jb\x9bc\u202ed\u2028e\x7f\u200f"
    assert harmless(EVIL) == shown
    assert one_line(EVIL + "\n\tx") == shown + r"\n x"
    assert drawable_line(EVIL + "\0\n다\ud800") == "a[2Jbcd e 다"


def test_json_stays_the_same_json():
    told = {"title": EVIL + "\U000e0001네온"}
    text = harmless_json(json.dumps(told, ensure_ascii=False))
    assert json.loads(text) == told
    assert harmless(text) == text
    assert "네온" in text


def test_a_record_of_the_log_is_one_harmless_line():
    record = logging.LogRecord("a", 30, "b", 1, "%s: gone\n", ("\x1b[2J\nx",), None)
    assert HarmlessLines("%(levelname)s: %(message)s").format(record) == (
        r"WARNING: \x1b[2J\nx: gone"
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("음악.wav", "NFD"), ("neon-steps", "neon-steps"), ("Neon-Steps", "Neon-Steps"),
        ("NEON-STEPS", "neon-steps"), ("STRASSE", "straße"), ("other", None),
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_form(name, meant):
    decomposed = unicodedata.normalize("NFD", "음악.wav")
    among = ["neon-steps", "Neon-Steps", decomposed, "straße"]
    assert same_name(name, among) == (decomposed if meant == "NFD" else meant)
