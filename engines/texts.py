"""Texts from outside: read as editors write them, compared in one form, shown harmlessly."""

from __future__ import annotations

import codecs
import json
import logging
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

MOST_TEXT_BYTES: Final = 64 * 1024
MOST_DOTS: Final = 1000
"""In one line: tomllib takes the square of a dotted key's parts."""
BOMS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16's, which it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
JOINERS: Final = "\u200c\u200d"
"""Format characters without power over a line: Persian, Hindi and emoji are written with them."""
POWERFUL: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of what may move a cursor, colour a terminal or turn a line round."""


def toml_in(path: Path) -> dict[str, Any]:
    """Return what a TOML file tells, whichever editor wrote it.

    Raises
    ------
    ValueError
        Where it is no such text; it says why, without the path. OSError where it cannot be read.
    """
    return told_by(content_of(path))


def content_of(path: Path) -> bytes:
    """Return a text file's bytes; ValueError where they are too many."""
    with path.open("rb") as file:
        content = file.read(MOST_TEXT_BYTES + 1)
    if len(content) > MOST_TEXT_BYTES:
        raise ValueError(f"is larger than {MOST_TEXT_BYTES // 1024} KiB")
    return content


def told_by(content: bytes) -> dict[str, Any]:
    """Return what a TOML file's bytes tell; raises like ``toml_in``."""
    import tomllib  # not for those who only print

    text = decoded(content)
    if any(line.count(".") > MOST_DOTS for line in text.split("\n")):
        raise ValueError(f"has a line of more than {MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except ValueError as why:  # of a number of 5000 digits too
        raise ValueError(f"cannot be read ({why})") from None


def decoded(content: bytes) -> str:
    """Return a text in UTF-8, or in what its byte order mark says, its lines ended by a newline."""
    bom = _bom_of(content)
    try:
        text = content[len(bom) :].decode(BOMS.get(bom, "utf-8"))
    except UnicodeDecodeError:
        raise ValueError("cannot be read (it is no UTF-8 text: save it as UTF-8)") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoded_as(content: bytes, text: str) -> bytes:
    """Return a text's bytes as those are written that it takes the place of: encoding, ends of lines."""
    bom = _bom_of(content)
    encoding = BOMS.get(bom, "utf-8")
    if "\r\n".encode(encoding) in content:
        text = text.replace("\n", "\r\n")
    return bom + text.encode(encoding)


def _bom_of(content: bytes) -> bytes:
    return next((bom for bom in BOMS if content.startswith(bom)), b"")


def one_form(name: str) -> str:
    """Return a name in the normal form names are compared in: Hangul and accents composed."""
    return unicodedata.normalize("NFC", name)


def same_name(name: str, among: list[str]) -> str | None:
    """Return which of some names is meant: itself, in another normal form, or in other case."""
    for form in (str, one_form, lambda text: one_form(text).casefold()):
        for one in among:
            if form(one) == form(name):
                return one
    return None


def harmless(text: str) -> str:
    """Return a text of several lines with what could steer a terminal shown as Python writes it."""
    return re.sub(r"[^\n\t -~]", lambda found: _visible(found[0]), text)


def one_line(text: str) -> str:
    """Return the same in one line."""
    return harmless(text).replace("\n", "\\n").replace("\t", " ")


def harmless_json(text: str) -> str:
    """Return JSON that says the same with everything that could steer a terminal escaped."""
    return re.sub(r"[^\n -~]", lambda found: _escaped(found[0]), text)


def _escaped(sign: str) -> str:
    return sign if _visible(sign) == sign else json.dumps(sign)[1:-1]


def _visible(sign: str) -> str:
    if unicodedata.category(sign) not in POWERFUL or sign in JOINERS:
        return sign
    return sign.encode("unicode_escape").decode()


def drawable_line(text: str) -> str:
    """Return a text for a window: what nothing can be drawn of is a space, or gone."""
    if text.isprintable():
        return text
    return "".join(" " if sign.isspace() else _drawn(sign) for sign in text)


def _drawn(sign: str) -> str:
    return "" if unicodedata.category(sign) in POWERFUL and sign not in JOINERS else sign


class HarmlessLines(logging.Formatter):
    """Formats each record as one harmless line; a traceback keeps its lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return harmless(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the message alone, in one line."""
        record.message = one_line(record.message.strip())
        return super().formatMessage(record)
