"""Languages that a player brings: a translation, ``ja.po``, beside the settings file.

It is read as Babel reads it, and bounded; a message whose ``{places}`` are others than ours is left out
with a warning, so that no translation can break a sentence or show what it should not.
"""

from __future__ import annotations

import logging
import os
import re
from gettext import GNUTranslations
from io import BytesIO
from string import Formatter
from typing import TYPE_CHECKING, Final, TypeAlias

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import HOME, _, languages, speak, system_languages
from kpopdance.realtime.library.settings import SettingsError, settings_file

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

log = logging.getLogger(__name__)

CODE: Final = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
"""What a language is called: ``ja``, ``pt_BR``, ``zh_Hant``."""
Place: TypeAlias = tuple[str, str | None, str | None]
NUMBER: Final[Place] = ("n", "", None)
"""A form for one thing alone need not name it."""
MOST_PO_BYTES: Final = 4 * 1024 * 1024


class LanguageError(DanceError):
    """A translation cannot be used."""


def own_languages() -> dict[str, Path]:
    """Return the player's translations: code -> file."""
    try:
        files = sorted(settings_file().parent.glob("*.po"))
    except OSError:  # nobody may look there
        return {}
    return {file.stem: file for file in files if CODE.fullmatch(file.stem)}


def all_languages() -> tuple[str, ...]:
    """Return the codes of all languages the game can speak here."""
    return tuple(dict.fromkeys((*languages(), *own_languages())))


def language_name(code: str) -> str:
    """Return what those who speak a language call it; of one nobody knows, its code."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(code).get_display_name(code)
    except (UnknownLocaleError, ValueError):
        return code
    return name or code


def speak_in(language: str) -> None:
    """Speak a language, or the system's where that is empty; a player's file goes before ours.

    Raises
    ------
    SettingsError
        Where there is no such language. LanguageError where its file cannot be used.
    """
    own = own_languages()
    known = (*languages(), *own)
    wished = (language,) if language else (*system_languages(os.environ), HOME)
    code = next((one for one in wished if one in known), "")
    if not code:
        listed = ", ".join(known)
        raise SettingsError(
            _(
                "language is {language!r}; choose one of {listed}, or put its translation beside the "
                "settings: {parent}",
                language=language,
                listed=listed,
                parent=settings_file().parent / "ja.po",
            )
        )
    speak(code, catalogue_in(own[code]) if code in own else None)


def catalogue_in(file: Path) -> GNUTranslations:
    """Return what a translation says; raises LanguageError."""
    from babel.localedata import exists
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_PO_BYTES + 1)
        if len(content) > MOST_PO_BYTES:
            raise ValueError(f"is larger than {MOST_PO_BYTES // 2**20} MiB")
        code = file.stem if exists(file.stem) else None  # its plurals, where no line tells them
        catalog = read_po(BytesIO(content), locale=code, abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, _fitting(catalog, file))
        compiled.seek(0)
        return GNUTranslations(compiled)
    except OSError as why:
        raise LanguageError(
            _("{file}: cannot be read ({why}); check its rights", file=file, why=why.strerror)
        ) from None
    except (PoFileError, ValueError, LookupError, TypeError) as why:
        raise LanguageError(
            _("{file}: is no translation ({why}); correct or remove it", file=file, why=why)
        ) from None


def _fitting(catalog: Catalog, file: Path) -> Catalog:
    """Return the catalogue without the messages that cannot stand for ours."""
    wrong = [message for message in catalog if message.id and not fits(message)]
    for message in wrong:
        log.warning("%s, line %s: has other {places} than ours", file, message.lineno)
        catalog.delete(message.id)
    return catalog


def fits(message: Message) -> bool:
    """Say whether all that a message says fills our places, as ours fills them, and no others."""
    ours = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    said = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    wanted = set().union(*(places_of(text) or () for text in ours))
    needed = wanted - {NUMBER} if len(ours) > 1 else wanted
    for text in filter(None, said):
        places = places_of(text)
        if places is None or not needed <= places <= wanted:
            return False
    return True


def places_of(text: str) -> set[Place] | None:
    """Return what a text's braces hold, ``{ms:.0f}``: name, form and conversion; None: no such text."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    return {(name, form, turned) for _text, name, form, turned in parts if name is not None}
