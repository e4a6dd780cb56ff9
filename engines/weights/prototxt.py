"""A reader of protobuf's text format as Caffe's prototxt files use it.

Source: the text format specification of the Protocol Buffers documentation. Lists in brackets,
extensions and strings with escapes are not read; Caffe's network descriptions have none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.weights.onnx_writer import WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 10  # sections within sections; OpenPose's have 3
MAX_TOKENS = 100_000  # OpenPose's largest has about 11,000
TOKEN = re.compile(
    r"""(?P<nothing>\s+|\#[^\n]*)|(?P<mark>[{}:])|"(?P<text>[^"\\\n]*)"|(?P<word>[\w.+-]+)""",
    re.ASCII | re.VERBOSE,
)


class Token(NamedTuple):
    """Where it is, what it is; kind ``mark``, ``text`` (quoted), ``word`` or ``end``."""

    line: int
    text: str
    kind: str


END: Final = Token(0, "", "end")


class Section:
    """One message in text form: its fields by name, in order."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._sections: dict[str, list[Section]] = {}

    def add(self, name: str, value: str | Section) -> None:
        """Add one field."""
        if isinstance(value, str):
            self._texts.setdefault(name, []).append(value)
        else:
            self._sections.setdefault(name, []).append(value)

    def names(self) -> set[str]:
        """Return the names of all fields."""
        return {*self._texts, *self._sections}

    def sections(self, name: str) -> list[Section]:
        """Return all messages of a field."""
        return self._sections.get(name, [])

    def section(self, name: str) -> Section:
        """Return the last message of a field, empty where there is none."""
        return (self.sections(name) or [Section()])[-1]

    def texts(self, name: str) -> list[str]:
        """Return all values of a field."""
        return self._texts.get(name, [])

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of a field."""
        return (self.texts(name) or [default])[-1]

    def integer(self, name: str, default: int) -> int:
        """Return the last value of a field as a whole number."""
        text = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
            raise WeightsError(f"says {name}: {text[:40]!r}, which is no sensible number")
        return int(text)


def section_from_prototxt(content: bytes) -> Section:
    """Return the whole file as one section; raise WeightsError where it is no prototxt."""
    try:
        text = content.decode()
    except UnicodeDecodeError as why:
        raise WeightsError("is no prototxt (it is not text)") from why
    return _section(iter([*tokens(text), END]), depth=0)


def _section(stream: Iterator[Token], depth: int) -> Section:
    """Return the fields up to the closing brace, or up to the end at depth 0."""
    if depth > MAX_DEPTH:
        raise WeightsError("is no prototxt (sections too deep)")
    section = Section()
    closing = ("}", "mark") if depth else END[1:]
    while (token := next(stream, END))[1:] != closing:
        if token.kind != "word":
            raise _unexpected(token)
        section.add(token.text, _value(stream, depth))
    return section


def _value(stream: Iterator[Token], depth: int) -> str | Section:
    token = next(stream, END)
    colon = token[1:] == (":", "mark")
    if colon:
        token = next(stream, END)
    if token[1:] == ("{", "mark"):
        return _section(stream, depth + 1)
    if not colon or token.kind not in ("word", "text"):
        raise _unexpected(token)
    return token.text


def _unexpected(token: Token) -> WeightsError:
    if token == END:
        return WeightsError("is truncated or no prototxt (it ends too soon)")
    return WeightsError(f"is no prototxt (line {token.line}: unexpected {token.text[:40]!r})")


def tokens(text: str) -> list[Token]:
    """Return the tokens of a file; white space and comments are none."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or len(found) > MAX_TOKENS:
            raise WeightsError(f"is no prototxt (line {line}: {text[at : at + 20]!r})")
        kind = str(match.lastgroup)
        if kind != "nothing":
            found.append(Token(line, match[kind], kind))
        line += match[0].count("\n")
        at = match.end()
    return found
