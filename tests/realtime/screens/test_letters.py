"""Letters: every sign that a player may meet has a glyph, and a line of several scripts is one line."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from kpopdance.realtime.screens.parts import letters as module
from kpopdance.realtime.screens.parts.letters import FONTS, SYSTEM_FONTS, Letters
from kpopdance.realtime.screens.parts.theme import Theme

INK = (255, 255, 255)


def common_han():
    """The Han of the standards of four countries: their first, most used levels."""
    firsts = {"euc_kr": (0xCA, 0xFE), "euc_jp": (0xB0, 0xD0), "gb2312": (0xB0, 0xD8)}
    return {
        sign
        for codec, rows in firsts.items()
        for row in range(*rows)
        for cell in range(0xA1, 0xFF)
        for sign in bytes([row, cell]).decode(codec, "ignore")
    }


@pytest.fixture(scope="module")
def ours():
    """The fonts that come with the game, on a computer without others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SYSTEM_FONTS", {})
        yield Letters()


RANGES = {
    "syllables": [chr(k) for k in range(0xAC00, 0xD7A4)],
    "Jamo": [chr(k) for k in (*range(0x1100, 0x1113), *range(0x3131, 0x318F))],
    "kana": [chr(k) for k in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB))] + list("ー、。「"),
    "Han": sorted(common_han()),
    "Cyrillic": [chr(k) for k in range(0x400, 0x460)],
    "Greek": list("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩάέήίόύώαβγδεζηθικλμνξοπρστυφχψω"),
    "accents": [chr(k) for k in (*range(0xA1, 0xAD), *range(0xAE, 0x180), *range(0x1EA0, 0x1EFA))],
    "signs": list("★☆▶●♪♫←↑→↓·…–—“”‘’₩€①⑩！？（）～"),
}  # fmt: skip


@pytest.mark.parametrize("name", RANGES)
def test_every_sign_of_a_range_has_a_glyph(ours, name):
    assert len(RANGES["syllables"]) == 11172
    assert len(RANGES["Han"]) > 6000
    assert [sign for sign in RANGES[name] if not ours.has(sign)] == []


@pytest.mark.parametrize("sign", list("뷁漢あЖếщ가Aé"))
def test_a_glyph_is_no_empty_box(ours, sign):
    box = pygame.surfarray.array_alpha(ours.render("\U000f0000", 40, INK))
    drawn = pygame.surfarray.array_alpha(ours.render(sign, 40, INK))
    assert drawn.max() == 255
    assert drawn.shape != box.shape or not np.array_equal(drawn, box)


@pytest.mark.parametrize(
    "text",
    [
        "네온 뷁 스텝",
        "NewJeans 漢字 かな",
        "Ёлка и 봄",
        "Nguyễn",
        "ㄴㅇㅅㅌ",
        "A\u200dB",
        "",
        "é́",
    ],
)
def test_a_line_is_as_wide_as_it_is_drawn_and_no_higher(ours, text):
    line = ours.render(text, 30, INK)
    assert line.get_width() == ours.width(text, 30)
    assert line.get_height() == ours.font(30).get_height()


def test_scripts_stand_on_one_line(ours):
    """The same letter drawn by two fonts ends at the same row, within a px of their designs."""
    lows = []
    for text in ("E가", "Е가"):  # Latin, Cyrillic
        alpha = pygame.surfarray.array_alpha(ours.render(text, 60, INK))
        lows.append(np.flatnonzero(alpha[: ours.width(text[0], 60)].max(axis=0) > 128).max())
    assert abs(lows[0] - lows[1]) <= 1


def test_a_script_that_ours_lack_is_drawn_by_the_systems_font(tmp_path, monkeypatch):
    sign = "漢"
    (tmp_path / "no.ttf").write_bytes(b"no font")
    fonts = (tmp_path / "gone.ttf", tmp_path / "no.ttf", FONTS[2])
    monkeypatch.setattr(module, "FONTS", FONTS[:1])
    monkeypatch.setattr(module, "SYSTEM_FONTS", dict.fromkeys(SYSTEM_FONTS, fonts))
    assert Letters().has(sign)
    monkeypatch.setattr(module, "SYSTEM_FONTS", {})
    assert not Letters().has(sign)


def test_most_pages_open_the_small_font_alone():
    theme = Theme()
    theme.width("네온 스텝 · 난이도 8", 20)
    theme.sprite("왼쪽 팔뚝을 더 올려요", 20, INK)
    assert set(theme._letters._typefaces) == {0}
