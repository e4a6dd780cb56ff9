"""Every way a title may be typed into a search: its letters, its initials, in Latin letters.

Hangul is taken apart into the letters as a keyboard types them, so that a word is found from its
first letter on, in the middle of a syllable too: 닷 begins 다시. Initials alone find it as well
(ㄴㅇㅅㅌ), and so does its spelling in Latin letters. Case, accents, wide letters do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from kpopdance.realtime.library.romanised import FINALS, INITIALS, VOWELS, romanised

LONGEST: Final = 24  # letters of a search word that tell
MOST_LETTERS: Final = 400  # of a text that are searched: more is no title
UNLIKE: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
)
"""Latin letters that no accent makes of others."""
PARTED: Final = {
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
}  # fmt: skip
"""Vowels that are typed in two strokes."""
LETTERS: Final = (
    {chr(0x1100 + number): letter for number, letter in enumerate(INITIALS)}
    | {chr(0x1161 + number): PARTED.get(vowel, vowel) for number, vowel in enumerate(VOWELS)}
    | {chr(0x11A7 + number): final for number, final in enumerate(FINALS) if number}
)
"""Letters of syllables that are taken apart by Unicode, and as a keyboard types them."""
_WORD: Final = re.compile(r"[^\W_]+")


def words_typed(text: str) -> list[str]:
    """Return the words of what a player types, in the form of ``spellings``."""
    return [word[:LONGEST] for word in _WORD.findall(_letters(text[:MOST_LETTERS]))]


def spellings(text: str) -> set[str]:
    """Return the words that any beginning of finds a text: all that are typed for it begin one."""
    words = _words(text[:MOST_LETTERS])
    told = [[_letters(word) for word in words], [_initials(word) for word in words]]
    told += [
        [_letters(romanised(word, changing=changing)) for word in words]
        for changing in (True, False)
    ]
    found = {"".join(form[k:])[:LONGEST] for form in told for k in range(len(words))}
    inside = (word[k:] for word in words for k in range(1, len(word)) if _syllabic(word[k]))
    return (found | {_letters(rest)[:LONGEST] for rest in inside}) - {""}


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def _letters(text: str) -> str:
    """Return a text in the one form that is compared, Hangul as it is typed."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")
    return "".join(LETTERS.get(sign, sign) for sign in kept.translate(UNLIKE))


def _initials(word: str) -> str:
    """Return the first letters of a word's syllables of Hangul."""
    apart = unicodedata.normalize("NFD", word)
    return "".join(LETTERS[sign] for sign in apart if "\u1100" <= sign <= "\u1112")


def _syllabic(sign: str) -> bool:
    """Return whether a word may be remembered from this sign on: of Hangul, kana or Han."""
    return unicodedata.category(sign) == "Lo"
