"""Hangul in Latin letters, as South Korea spells it (Revised Romanization of Korean, 2000).

With the changes of sound between syllables that the rules name: a final that moves on before a vowel,
nasals, the liquid, breath, and ``di`` that becomes ``ji``. What only a dictionary knows, such as an n
put between the parts of a compound, is left out.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

INITIALS: Final = dict(
    zip(
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ",
        "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h".split(","),  # noqa: SIM905
        strict=True,
    )
)
VOWELS: Final = dict(
    zip(
        "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ",
        "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i".split(","),  # noqa: SIM905
        strict=True,
    )
)
FINALS: Final = (
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ",
    "ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
)  # fmt: skip
"""What closes a syllable, in the order of Unicode, two letters apart where it is two."""
CLOSING: Final = {
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄱㅅ", "ㄹㄱ"), "k"),
    **dict.fromkeys(("ㄷ", "ㅌ", "ㅅ", "ㅆ", "ㅈ", "ㅊ", "ㅎ"), "t"),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㅂㅅ", "ㄹㅍ"), "p"),
    **dict.fromkeys(("ㄴ", "ㄴㅈ", "ㄴㅎ"), "n"),
    **dict.fromkeys(("ㄹ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅎ"), "l"),
    **dict.fromkeys(("ㅁ", "ㄹㅁ"), "m"),
    "ㅇ": "ng",
    "": "",
}
"""How a final sounds at the end."""
NASAL: Final = {"k": "ng", "t": "n", "p": "m"}
BREATH: Final = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅅ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
BEFORE_I: Final = {"ㄷ": "ㅈ", "ㅌ": "ㅊ"}


class Syllable(NamedTuple):
    """Of Hangul, taken apart into letters as they are typed; ``final`` may be none or two."""

    initial: str
    vowel: str
    final: str


def syllable_of(sign: str) -> Syllable | None:
    """Return a composed syllable taken apart; None for any other sign."""
    number = ord(sign) - 0xAC00
    if not 0 <= number < 11_172:
        return None
    return Syllable(
        [*INITIALS][number // 588], [*VOWELS][number % 588 // 28], FINALS[number % 28]
    )


def romanised(word: str, *, changing: bool = True) -> str:
    """Return a word with its Hangul in Latin letters, other signs as they are.

    ``changing``: as it is spoken; else every syllable by itself, as many spell it.
    """
    out, signs = [], list(unicodedata.normalize("NFC", word))
    left = [syllable_of(sign) for sign in signs]
    for place, (sign, this) in enumerate(zip(signs, left, strict=True)):
        if this is None:
            out.append(sign)
            continue
        following = left[place + 1] if changing and place + 1 < len(left) else None
        closing = CLOSING[this.final]
        if following is not None:
            closing, left[place + 1] = _met(this.final, following)
        out.append(_opening(this.initial) + VOWELS[this.vowel] + closing)
    return "".join(out)


def _opening(initial: str) -> str:
    return INITIALS.get(initial, initial)  # what a change has spelled already


def _met(final: str, following: Syllable) -> tuple[str, Syllable]:
    """Return how a final sounds before another syllable, and what becomes of that."""
    rest, last, initial = final[:-1], final[-1:], following.initial
    if initial == "ㅇ" and final not in ("", "ㅇ"):
        moved = BEFORE_I.get(last, last) if following.vowel == "ㅣ" else last
        return CLOSING[rest], following._replace(initial="ㅇ" if last == "ㅎ" else moved)
    if initial == "ㅎ" and last in BREATH:
        palatal = last == "ㄷ" and following.vowel == "ㅣ"
        return CLOSING[rest], following._replace(initial="ㅊ" if palatal else BREATH[last])
    if last == "ㅎ" and initial in BREATH:
        breathed = "ㅆ" if initial == "ㅅ" else BREATH[initial]
        return CLOSING[rest], following._replace(initial=breathed)
    closing = CLOSING[final]
    if initial in ("ㄴ", "ㅁ"):
        closing = NASAL.get(closing, closing)
    elif initial == "ㄹ":
        closing, initial = _before_r(closing)
        return closing, following._replace(initial=initial)
    return closing, following._replace(
        initial="l" if (closing, initial) == ("l", "ㄴ") else initial
    )


def _before_r(closing: str) -> tuple[str, str]:
    """Return how a final sounds before r, and what r becomes."""
    if closing in ("n", "l"):
        return "l", "l"
    return NASAL.get(closing, closing), "ㄴ" if closing else "ㄹ"
