"""Korean particles, chosen by the sound that the word before them ends in."""

from __future__ import annotations

import re
from typing import Final

PAIRS: Final = {
    "을(를)": ("을", "를"), "이(가)": ("이", "가"), "은(는)": ("은", "는"), "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}  # fmt: skip
"""As translations write them, after a consonant and after a vowel."""
RIEUL: Final = 8
"""The number of the final consonant l, after which ``(으)로`` is as after a vowel."""
DIGITS: Final = {
    "0": 21, "1": RIEUL, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": RIEUL, "8": RIEUL, "9": 0,
}  # fmt: skip
"""What the Korean word of a digit ends in: 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구."""
LETTERS: Final = {
    "l": RIEUL,
    "r": RIEUL,
    "m": 16,
    "n": 4,
    "b": 17,
    "k": 1,
    "p": 17,
    "g": 21,
    "t": 19,
}
"""Latin letters after which a word, as Koreans read it, ends in a consonant; the others in a vowel."""
_MARKED: Final = re.compile(
    r"([^\s()]?)([)\]\"'’”»…]*)(" + "|".join(map(re.escape, PAIRS)) + ")"
)


def with_particles(text: str) -> str:
    """Return a text with each pair of particles replaced by the one that fits.

    >>> with_particles("춤을(를), 노래을(를), 3이(가), Love Dive(으)로, Gee은(는)")
    '춤을, 노래를, 3이, Love Dive로, Gee는'
    """
    return _MARKED.sub(_chosen, text) if "(" in text else text


def _chosen(found: re.Match[str]) -> str:
    before, marks, pair = found.groups()
    final = final_of(before)
    closed, opened = PAIRS[pair]
    takes_open = not final or (pair == "(으)로" and final == RIEUL)
    return before + marks + (opened if takes_open else closed)


def final_of(sign: str) -> int:
    """Return the number of the final consonant a sign is read with, 0 for none."""
    if "가" <= sign <= "힣":
        return (ord(sign) - ord("가")) % 28
    if sign in DIGITS:
        return DIGITS[sign]
    return LETTERS.get(sign.lower(), 0)
