"""What a .tflite file holds: the arrays and operations of its one graph, in its order.

Field numbers are those of TensorFlow's ``schema.fbs``, version 3; only what BlazePose needs is read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from flatbuffers import number_types
from flatbuffers.table import Table

from tools.weights.converting import GraphError

if TYPE_CHECKING:
    from numpy.typing import NDArray

IDENTIFIER: Final = b"TFL3"
KINDS: Final[dict[int, np.dtype[Any]]] = {
    0: np.dtype("<f4"),
    1: np.dtype("<f2"),
    2: np.dtype("<i4"),
}
"""TensorType of what we know."""
OPERATIONS: Final = {
    0: "Add", 3: "Conv", 4: "DepthwiseConv", 6: "Dequantize", 14: "Sigmoid", 17: "MaxPool",
    22: "Reshape", 23: "Resize", 34: "Pad",
}  # fmt: skip
"""BuiltinOperator of what we know."""


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """An array of the graph; ``data`` of a constant, None of what is computed."""

    name: str
    shape: tuple[int, ...]
    data: NDArray[Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One step of the graph; tensors by their numbers, -1 none; options by their field numbers."""

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Table | None

    def number(self, field: int, default: int = 0) -> int:
        """Return a whole number of the options."""
        return default if self.options is None else _number(self.options, field, default)

    def choice(self, field: int) -> int:
        """Return a yes or no, or one of a few, of the options."""
        return 0 if self.options is None else _byte(self.options, field)


def graph_of(content: bytes) -> tuple[list[Tensor], list[Operation]]:
    """Return the tensors and operations of a .tflite file's one graph.

    Raises GraphError where it is none, is damaged, or holds what is not known here.
    """
    if content[4:8] != IDENTIFIER:
        raise GraphError("is no .tflite file")
    try:
        return _graph(content)
    except (struct.error, IndexError, ValueError, TypeError, OverflowError) as why:
        raise GraphError("is truncated or damaged") from why


def _graph(content: bytes) -> tuple[list[Tensor], list[Operation]]:
    model = Table(content, struct.unpack_from("<I", content)[0])
    graphs = _tables(model, 2)
    if len(graphs) != 1:
        raise GraphError(f"is another network ({len(graphs)} graphs, not 1)")
    buffers = _tables(model, 4)
    codes = [max(_byte(code, 0), _number(code, 3, 0)) for code in _tables(model, 1)]
    for code in codes:
        if code not in OPERATIONS:
            raise GraphError(f"is another network (it has the operation {code})")
    tensors = [_tensor(table, buffers) for table in _tables(graphs[0], 0)]
    operations = []
    for table in _tables(graphs[0], 3):
        step = Operation(
            OPERATIONS[codes[_number(table, 0, 0)]],
            _integers(table, 1), _integers(table, 2), _union(table, 4),
        )  # fmt: skip
        if not all(-1 <= k < len(tensors) for k in (*step.inputs, *step.outputs)):
            raise GraphError("is damaged (an operation reads a tensor that is not there)")
        operations.append(step)
    return tensors, operations


def _tensor(table: Table, buffers: list[Table]) -> Tensor:
    name = _text(table, 3)
    shape = _integers(table, 0)
    raw = _bytes(buffers[_number(table, 2, 0)], 0)
    if not raw:
        return Tensor(name, shape, None)
    kind = KINDS.get(_byte(table, 1))
    if kind is None:
        raise GraphError(f"is another network (the weights {name!r:.120} are of another kind)")
    data: NDArray[Any] = np.frombuffer(raw, kind).reshape(shape)
    if not np.isfinite(data).all():
        raise GraphError(f"is damaged (the weights {name!r:.120} are not all finite)")
    return Tensor(name, shape, data)


def _at(table: Table, field: int) -> int:
    """Return where a table's field lies from its beginning; 0 where it has none."""
    return int(table.Offset(4 + 2 * field))


def _number(table: Table, field: int, default: int) -> int:
    at = _at(table, field)
    return int(table.Get(number_types.Int32Flags, at + table.Pos)) if at else default


def _byte(table: Table, field: int) -> int:
    at = _at(table, field)
    return int(table.Get(number_types.Int8Flags, at + table.Pos)) if at else 0


def _text(table: Table, field: int) -> str:
    at = _at(table, field)
    return bytes(table.String(at + table.Pos)).decode() if at else ""


def _vector(table: Table, field: int, item_bytes: int) -> tuple[bytes, int]:
    """Return the bytes of a field's items, and where they begin in the file."""
    at = _at(table, field)
    if not at:
        return b"", 0
    start, size = int(table.Vector(at)), item_bytes * int(table.VectorLen(at))
    if start + size > len(table.Bytes):
        raise ValueError("a vector ends behind the file")
    return bytes(table.Bytes[start : start + size]), start


def _bytes(table: Table, field: int) -> bytes:
    return _vector(table, field, 1)[0]


def _integers(table: Table, field: int) -> tuple[int, ...]:
    content, _ = _vector(table, field, 4)
    return struct.unpack(f"<{len(content) // 4}i", content)


def _tables(table: Table, field: int) -> list[Table]:
    content, start = _vector(table, field, 4)
    return [Table(table.Bytes, table.Indirect(start + at)) for at in range(0, len(content), 4)]


def _union(table: Table, field: int) -> Table | None:
    at = _at(table, field)
    if not at:
        return None
    union = Table(table.Bytes, 0)
    table.Union(union, at)
    return union
