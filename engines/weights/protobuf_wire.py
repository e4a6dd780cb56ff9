"""A reader of protobuf's wire format: enough for files whose schema we know, and no more.

Source: the encoding chapter of the Protocol Buffers documentation. Nothing is decoded before it is
asked for, and a memoryview is cut without copies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FIELDS = 10_000
"""Of one message, and numbers of one packed field; the files we know stay below 1,000."""

Wire = TypeVar("Wire", bytes, memoryview)


class WireError(Exception):
    """The bytes are no protobuf message; the text says why."""


class Message(Generic[Wire]):
    """One message: its fields by number, values undecoded.

    Parameters
    ----------
    wire : bytes or memoryview
        The message; byte strings inside come out as the same type.
    most : int
        How many fields it may have, repeated ones counted each.
    """

    def __init__(self, wire: Wire, most: int = MAX_FIELDS) -> None:
        self._nothing: Wire = wire[:0]
        self._varints: dict[int, list[int]] = {}
        self._blobs: dict[int, list[Wire]] = {}
        at = fields = 0
        while at < len(wire):
            fields += 1
            if fields > most:
                raise WireError(f"a message of more than {most} fields")
            key, at = varint_at(wire, at)
            number, wire_type = key >> 3, key & 7
            if wire_type == 0:
                value, at = varint_at(wire, at)
                self._varints.setdefault(number, []).append(value)
                continue
            if wire_type == 2:
                size, at = varint_at(wire, at)
            elif wire_type in (1, 5):
                size = 8 if wire_type == 1 else 4
            else:
                raise WireError(f"protobuf wire type {wire_type}")
            if at + size > len(wire):
                raise WireError("truncated: a field passes the end")
            self._blobs.setdefault(number, []).append(wire[at : at + size])
            at += size

    def number(self, field: int) -> int:
        """Return the last varint of a field, 0 (protobuf's default) where there is none."""
        return self._varints.get(field, [0])[-1]

    def numbers(self, field: int) -> list[int]:
        """Return all varints of a repeated field, packed or not."""
        numbers = list(self._varints.get(field, []))
        for blob in self.blobs(field):
            numbers.extend(varints(blob))
        return numbers

    def blobs(self, field: int) -> list[Wire]:
        """Return all byte strings of a field."""
        return self._blobs.get(field, [])

    def texts(self, field: int) -> list[str]:
        """Return all strings of a field."""
        try:
            return [bytes(blob).decode() for blob in self.blobs(field)]
        except UnicodeDecodeError as why:
            raise WireError("a name is not text") from why

    def text(self, field: int) -> str:
        """Return the last string of a field, empty where there is none."""
        return (self.texts(field) or [""])[-1]

    def message(self, field: int) -> Message[Wire]:
        """Return the last message of a field, empty where there is none."""
        return Message((self.blobs(field) or [self._nothing])[-1])


def varint_at(wire: bytes | memoryview, at: int) -> tuple[int, int]:
    """Return the varint that starts at an offset, and the offset behind it."""
    for size, byte in enumerate(wire[at : at + 10], start=1):
        if byte < 0x80:
            digits = wire[at : at + size]
            value = sum((digit & 0x7F) << (7 * place) for place, digit in enumerate(digits))
            return value, at + size
    raise WireError("truncated: a number does not end")


def varints(wire: bytes | memoryview) -> Iterator[int]:
    """Yield the varints of a packed field."""
    at = count = 0
    while at < len(wire):
        count += 1
        if count > MAX_FIELDS:
            raise WireError(f"a packed field of more than {MAX_FIELDS} numbers")
        value, at = varint_at(wire, at)
        yield value
