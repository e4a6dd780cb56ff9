"""Files of protobuf messages read by a small ``.proto``; google.protobuf comes with onnx.

The schema is compiled when it is first used, so that neither a compiler nor generated code is kept.
It is plain: messages and enums side by side, nothing nested, no maps.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.weights.onnx_writer import WeightsError

if TYPE_CHECKING:
    from pathlib import Path

BLOCK: Final = re.compile(r"^(message|enum) (\w+) \{(.*?)\}", re.DOTALL | re.MULTILINE)
FIELD: Final = re.compile(r"(optional|repeated) (\w+) (\w+) = (\d+)(?: \[default = (\w+)\])?;")
MEMBER: Final = re.compile(r"(\w+) = (\d+);")
TOLD: Final = 160  # characters of protobuf's own words


def from_wire(schema: Path, name: str, content: bytes) -> Any:  # noqa: ANN401 - made of the schema
    """Return a binary message; raise WeightsError where the file is damaged or another."""
    from google.protobuf.message import DecodeError

    try:
        return messages_of(schema)[name].FromString(content)
    except DecodeError as why:
        raise WeightsError(f"truncated or damaged: {why}"[:TOLD]) from None


def from_text(schema: Path, name: str, content: bytes) -> Any:  # noqa: ANN401 - made of the schema
    """Return a message in text form; raise WeightsError where anything in it is unknown."""
    from google.protobuf import text_format

    try:
        return text_format.Parse(content.decode(), messages_of(schema)[name]())
    except UnicodeDecodeError:
        raise WeightsError("it is not text") from None
    except text_format.ParseError as why:
        told = str(why).encode("ascii", "backslashreplace").decode()
        raise WeightsError(f"line {told:.{TOLD}}") from None


@cache
def messages_of(schema: Path) -> dict[str, Any]:
    """Return the classes of a schema's messages by name."""
    from google.protobuf.descriptor_pb2 import FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClassesForFiles

    package = schema.stem
    file = FileDescriptorProto(name=schema.name, package=package, syntax="proto2")
    blocks = BLOCK.findall(schema.read_text(encoding="utf-8"))
    enums = {name for block, name, _ in blocks if block == "enum"}
    for block, name, body in blocks:
        if block == "enum":
            members = file.enum_type.add(name=name).value
            for member, number in MEMBER.findall(body):
                members.add(name=member, number=int(number))
        else:
            fields = file.message_type.add(name=name).field
            for told in FIELD.findall(body):
                _add_field(fields, told, package, enums)
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    classes = GetMessageClassesForFiles([schema.name], pool)
    return {full.rpartition(".")[2]: made for full, made in classes.items()}


def _add_field(fields: Any, told: tuple[str, ...], package: str, enums: set[str]) -> None:  # noqa: ANN401 - protobuf's own
    """Add a field told as label, type, name, number and default, as a ``.proto`` says it."""
    label, kind, name, number, default = told
    field = fields.add(name=name, number=int(number))
    field.label = field.Label.Value(f"LABEL_{label.upper()}")
    if f"TYPE_{kind.upper()}" in field.Type.keys():  # noqa: SIM118 - an enum's wrapper, no dict
        field.type = field.Type.Value(f"TYPE_{kind.upper()}")
    else:
        field.type = field.TYPE_ENUM if kind in enums else field.TYPE_MESSAGE
        field.type_name = f".{package}.{kind}"
    if default:
        field.default_value = default
