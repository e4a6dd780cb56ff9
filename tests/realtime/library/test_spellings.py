"""A title is found however it is typed: letter by letter, by initials, in Latin letters."""

import unicodedata

import pytest

from kpopdance.realtime.library.romanised import romanised
from kpopdance.realtime.library.spellings import LONGEST, spellings, words_typed

SPOKEN = {  # most are the examples of the official rules
    "백마": "baengma", "왕십리": "wangsimni", "별내": "byeollae", "신라": "silla",
    "해돋이": "haedoji", "같이": "gachi", "굳히다": "guchida", "맞히다": "machida", "좋고": "joko",
    "놓다": "nota", "잡혀": "japyeo", "낳지": "nachi", "종로": "jongno", "독립문": "dongnimmun",
    "구미": "gumi", "영동": "yeongdong", "옥천": "okcheon", "합덕": "hapdeok", "월곶": "wolgot",
    "벚꽃": "beotkkot", "한밭": "hanbat", "구리": "guri", "설악": "seorak", "칠곡": "chilgok",
    "임실": "imsil", "대관령": "daegwallyeong", "네온": "neon", "다시": "dasi", "닭이": "dalgi",
    "않아": "ana", "좋아": "joa", "있어": "isseo", "없다": "eopda", "Neon 별2": "Neon byeol2", "": "",
}  # fmt: skip


@pytest.mark.parametrize(("word", "latin"), SPOKEN.items())
def test_hangul_is_spelled_as_it_is_spoken(word, latin):
    assert romanised(word) == latin
    assert romanised(unicodedata.normalize("NFD", word)) == latin


def test_every_syllable_and_every_meeting_has_a_spelling():
    for number in range(0xAC00, 0xAC00 + 11_172):
        assert romanised(chr(number)).isascii()
    starts = [chr(0xAC00 + 588 * k) for k in range(19)] + [chr(0xAC00 + 588 * 11 + 20 * 28)]
    for final in range(28):
        for start in starts:
            assert romanised(chr(0xAC00 + final) + start).isascii()


FOUND = {
    "네온 스텝": (
        "ㄴ", "네", "네오", "네온", "네온 ㅅ", "네온스", "네온스텝", "스텝", "ㄴㅇㅅㅌ", "ㄴㅇ", "ㅅㅌ",
        "neon", "neon seu", "seutep", "neonseutep", "NEON", "온", "텝", "온 스",
    ),
    "다시 만난 세계": ("닷", "dasi", "ㄷㅅㅁㄴㅅㄱ", "만나", "mannan segye", "세계 다시"),
    "독립": ("dongnip", "dokrip", "도", "독", "독ㄹ", "독리"),
    "과자": ("고", "과", "gwa", "ㄱㅈ"),
    "Café del Mar": ("cafe", "CAFÉ", "mar caf", "delm", "ｃａｆｅ", "cafédelmar"),
    "ŁØDŹ": ("lod", "łø", "LODZ"),
    "Straße": ("strasse", "STRASSE"),
    "ガラスの靴": ("カラス", "ガラス", "靴", "ラス"),
    "K-POP_2024 (remix)": ("kpop", "k pop", "2024", "pop 2024", "remix"),
    "사랑 Love": ("love", "sarang", "ㅅㄹ", "사랑love"),
}  # fmt: skip
NOT_FOUND = {
    "네온 스텝": ("neonx", "텝스", "ㅅㄴ", "step"),
    "Café del Mar": ("afe", "xmar"),
    "다시": ("시다", "dashi"),
}


def finds(typed, text):
    told = spellings(text)
    return all(any(each.startswith(word) for each in told) for word in words_typed(typed))


def test_a_title_is_found_by_all_that_is_typed_for_it():
    for text, typed in FOUND.items():
        for form in ("NFC", "NFD"):
            missed = [one for one in typed if not finds(unicodedata.normalize(form, one), text)]
            assert not missed, f"{text} is not found by {missed}"
    for text, typed in NOT_FOUND.items():
        assert not [one for one in typed if finds(one, text)]


@pytest.mark.parametrize(
    "text", ["", " ", "...", "\x00", "🎵🎶", "'; DROP TABLE packs; --", "ㅤ"]
)
def test_whatever_is_typed_is_words_or_nothing(text):
    assert all(word.isalnum() for word in [*words_typed(text), *spellings(text)])


def test_the_longest_title_is_bounded():
    told = spellings("가나다 " * 10_000)
    assert len(told) < 2_000
    assert max(map(len, told)) <= LONGEST
    assert len(words_typed("x" * 100_000)[0]) == LONGEST
