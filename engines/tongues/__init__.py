"""The languages the game speaks: its texts are English in the code, and looked up when they are said.

``_("text")`` and ``_("of {song}", song=song)`` say a text in the language that is spoken now,
``counted`` one that depends on a number, and ``N_`` only marks one that is said later, such as a
constant's. What is spoken is kept in this module, as gettext itself keeps what it has installed:
a text has no other way to know of it, and nothing but texts depends on it.
"""

from __future__ import annotations

import os
import sys
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues.particles import with_particles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

HOME: Final = "en"
"""The language of the texts in the code."""
GROUPED: Final = 1000
"""Smaller numbers are written alike in all languages."""
FOLDER: Final = Path(__file__).parent
"""Where the catalogues lie that come with the game, as Babel compiled them."""


class _Spoken:
    """What is spoken now: a language's code, and its catalogue."""

    language: str = HOME
    catalogue: NullTranslations = NullTranslations()


def N_(text: str) -> str:
    """Return a text as it is: it is marked as one that ``_`` says later."""
    return text


def _(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with values put where it names them."""
    said = _Spoken.catalogue.gettext(text) if text else text  # "" is the catalogue's own head
    return _filled(said, text, values) if values else said


def counted(one: str, several: str, n: int, /, **values: object) -> str:
    """Return the text for a number of things, which ``{n}`` names in it."""
    said = _Spoken.catalogue.ngettext(one, several, n)
    told = number_words(n) if n >= GROUPED else n
    return _filled(said, one if n == 1 else several, {"n": told, **values})


def _filled(said: str, text: str, values: dict[str, object]) -> str:
    if said is text:
        return text.format(**values)
    filled = said.format(**values)
    return with_particles(filled) if _Spoken.language == "ko" else filled


def spoken() -> str:
    """Return the code of the language that is spoken now, e.g. ``ko``."""
    return _Spoken.language


def speak(language: str, catalogue: NullTranslations | None = None) -> None:
    """Speak a language from now on, one that comes with the game if no catalogue is given."""
    if catalogue is None:
        catalogue = bundled(language)
    _Spoken.language, _Spoken.catalogue = language, catalogue


def bundled(language: str) -> NullTranslations:
    """Return the catalogue of a language that comes with the game."""
    if language == HOME:
        return NullTranslations()
    with (FOLDER / f"{language}.mo").open("rb") as file:
        return GNUTranslations(file)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that come with the game."""
    return (HOME, *sorted(path.stem for path in FOLDER.glob("*.mo")))


def speak_here() -> None:
    """Speak what the computer is set to, as far as that comes with the game."""
    wished = (*system_languages(os.environ), HOME)
    known = languages()
    speak(next(code for code in wished if code in known))


def system_languages(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the languages that the computer is set to, the one that is wished most first.

    Each as a region's and as itself: ``pt_BR``, ``pt``.
    """
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    told = next((environ[name] for name in names if environ.get(name)), "") or _of_windows()
    codes = [code.partition(".")[0].partition("@")[0] for code in told.split(":")]
    return tuple(dict.fromkeys(one for code in codes for one in (code, code.partition("_")[0])))


def _of_windows() -> str:
    """Return the language of Windows, where that is what runs here."""
    if sys.platform == "win32":
        import ctypes
        import locale

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return locale.windows_locale.get(number, "")
    return ""


def number_words(number: int) -> str:
    """Return a number with its thousands set apart, as those who speak the language do it."""
    from babel.numbers import format_decimal  # not for those who only print a sentence

    return format_decimal(number, locale=_region())


def day_words(day: date) -> str:
    """Return a date, e.g. ``30 Nov 2026``."""
    from babel.dates import format_date

    return format_date(day, "medium", locale=_region())


def days_words(first: date, last: date) -> str:
    """Return from which day to which, e.g. ``3–9 Nov``."""
    from babel.dates import format_interval

    return format_interval(first, last, "MMMd", locale=_region())


def weekday_words() -> tuple[str, ...]:
    """Return the shortest names of the days of a week, from Monday on."""
    from babel.dates import get_day_names

    names = get_day_names("short", locale=_region())
    return tuple(names[day] for day in range(7))


def _region() -> str:
    """Return the region whose figures are written: of the language, where it is not ours."""
    return "en_GB" if _Spoken.language == HOME else _Spoken.language
