"""The data of a pickle, without running it.

A pickle is a program that may call anything. Here it is only read, instruction by instruction
(``pickletools.genops`` decodes, it runs nothing), by a machine that knows how to build dicts, lists,
tuples, text, numbers and descriptions of tensors. Whatever else a pickle names is refused.
Source: the instructions as documented in pickletools; what torch.save writes, protocol 2.
"""

from __future__ import annotations

import io
import pickletools
import struct
import warnings
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from kpopdance.engines.weights.onnx_writer import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PICKLE_BYTES = 8_000_000  # Lightweight OpenPose's, optimizer and all: about 100 kB
MAX_STEPS = 200_000  # it needs about 20,000
MAX_ELEMENTS = 16_000_000  # of one storage; its largest has 262,144
MAX_AXES = 8

ITEM_BYTES: Final = {
    "FloatStorage": 4, "DoubleStorage": 8, "HalfStorage": 2, "BFloat16Storage": 2,
    "LongStorage": 8, "IntStorage": 4, "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1,
    "BoolStorage": 1,
}  # fmt: skip
DICTS: Final = ("collections OrderedDict", "collections Counter")
TENSORS: Final = ("torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_tensor")
PARAMETER: Final = "torch._utils _rebuild_parameter"
KNOWN: Final = {*DICTS, *TENSORS, PARAMETER, *(f"torch {kind}" for kind in ITEM_BYTES)}

PUSHES: Final = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"}
CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
EMPTY: Final[dict[str, type]] = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
TUPLES: Final = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}

Plain: TypeAlias = Any
"""What a pickle may build: dict, list, tuple, str, int, float, bool, None, Tensor and their parts."""


class Named(NamedTuple):
    """A name the pickle mentions, never what it stands for."""

    name: str


class Storage(NamedTuple):
    """Numbers lying somewhere in the file."""

    kind: str
    key: str
    elements: int


class Tensor(NamedTuple):
    """A view of a storage; offset and strides in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def plain_from_pickle(
    content: bytes, at: int = 0, storages: dict[str, Storage] | None = None
) -> tuple[Plain, int]:
    """Return the data of the pickle at an offset and where it ends; note the storages it names.

    Raises WeightsError on anything that is not plain data of a checkpoint.
    """
    machine = PlainMachine({} if storages is None else storages)
    stream = io.BytesIO(content[at : at + MAX_PICKLE_BYTES])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of texts with a backslash too many
            place = machine.run(stream)
        return machine.pop(), at + place + 1
    except (ValueError, IndexError, struct.error, OverflowError) as why:
        told = ascii(str(why))[1:-1][:80]
        raise WeightsError(f"is truncated or has a damaged pickle ({told})") from why


class PlainMachine:
    """The part of pickle's machine that a checkpoint needs; it calls nothing that a pickle names.

    Parameters
    ----------
    storages : dict
        Filled with the storages the pickle names, by key.
    """

    def __init__(self, storages: dict[str, Storage]) -> None:
        self._stack: list[Plain] = []
        self._below: list[list[Plain]] = []  # the stacks under each mark
        self._memo: dict[int, Plain] = {}
        self._storages = storages
        self._do: dict[str, Callable[[Plain], None]] = {
            "PROTO": self._ignore,
            "MARK": self._mark,
            "TUPLE": self._tuple,
            "BINPUT": self._put,
            "LONG_BINPUT": self._put,
            "BINGET": self._get,
            "LONG_BINGET": self._get,
            "SETITEM": self._set_item,
            "SETITEMS": self._set_items,
            "APPEND": self._append,
            "APPENDS": self._append_all,
            "GLOBAL": self._global,
            "REDUCE": self._reduce,
            "BUILD": self._build,
            "BINPERSID": self._persistent,
        }

    def run(self, stream: io.BytesIO) -> int:
        """Do all steps of a pickle; return where it stops."""
        for steps, (code, argument, place) in enumerate(pickletools.genops(stream)):
            if steps > MAX_STEPS:
                raise WeightsError(f"has a pickle of more than {MAX_STEPS} steps")
            if code.name == "STOP":
                return int(place or 0)
            self.step(code.name, argument)
        raise WeightsError("is truncated (its pickle does not end)")

    def step(self, name: str, argument: Plain) -> None:
        """Do one instruction; raise WeightsError on one that no checkpoint needs."""
        if name in PUSHES:
            self._stack.append(argument)
        elif name in CONSTANTS:
            self._stack.append(CONSTANTS[name])
        elif name in EMPTY:
            self._stack.append(EMPTY[name]())
        elif name in TUPLES:
            parts = [self.pop() for _ in range(TUPLES[name])]
            self._stack.append(tuple(parts[::-1]))
        elif name in self._do:
            self._do[name](argument)
        else:
            raise WeightsError(f"has a pickle with the instruction {name}, not allowed here")

    def pop(self) -> Plain:
        """Take the top of the stack."""
        if not self._stack:
            raise WeightsError("has a damaged pickle (it takes more than it has)")
        return self._stack.pop()

    def _ignore(self, _argument: Plain) -> None:
        pass

    def _mark(self, _argument: Plain) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Plain]:
        if not self._below:
            raise WeightsError("has a damaged pickle (a mark is missing)")
        items, self._stack = self._stack, self._below.pop()
        return items

    def _tuple(self, _argument: Plain) -> None:
        items = tuple(self._since_mark())
        self._stack.append(items)

    def _put(self, index: int) -> None:
        self._memo[index] = self._top()

    def _get(self, index: int) -> None:
        if index not in self._memo:
            raise WeightsError("has a damaged pickle (it recalls what it never kept)")
        self._stack.append(self._memo[index])

    def _top(self) -> Plain:
        if not self._stack:
            raise WeightsError("has a damaged pickle (it uses what it does not have)")
        return self._stack[-1]

    def _set_item(self, _argument: Plain) -> None:
        value, key = self.pop(), self.pop()
        self._update([key, value])

    def _set_items(self, _argument: Plain) -> None:
        self._update(self._since_mark())

    def _update(self, items: list[Plain]) -> None:
        target = self._top()
        if not isinstance(target, dict) or len(items) % 2:
            raise WeightsError("has a damaged pickle (items for something else than a dict)")
        # The hash of nested tuples may take for ever: text and numbers only.
        if not all(isinstance(key, str | int) for key in items[::2]):
            raise WeightsError(
                "has a pickle with a dict whose keys are neither text nor number"
            )
        target.update(zip(items[::2], items[1::2], strict=True))

    def _append(self, _argument: Plain) -> None:
        self._extend([self.pop()])

    def _append_all(self, _argument: Plain) -> None:
        self._extend(self._since_mark())

    def _extend(self, items: list[Plain]) -> None:
        target = self._top()
        if not isinstance(target, list):
            raise WeightsError("has a damaged pickle (items for something else than a list)")
        target.extend(items)

    def _global(self, name: str) -> None:
        if name not in KNOWN:
            told = ascii(name)[1:-1][:80].replace(" ", ".")
            raise WeightsError(f"names {told}, which no weights need (nothing was run)")
        self._stack.append(Named(name))

    def _reduce(self, _argument: Plain) -> None:
        """Describe what one of the known calls would have made."""
        arguments, function = self.pop(), self.pop()
        name = function.name if isinstance(function, Named) else ""
        if not isinstance(arguments, tuple):
            raise WeightsError("has a damaged pickle (a call without arguments)")
        if name in DICTS and not arguments:
            self._stack.append({})
        elif name in DICTS and len(arguments) == 1 and isinstance(arguments[0], dict):
            self._stack.append(arguments[0])
        elif name in TENSORS and len(arguments) >= 4:
            self._stack.append(_tensor(*arguments[:4]))
        elif name == PARAMETER and arguments and isinstance(arguments[0], Tensor):
            self._stack.append(arguments[0])
        else:
            raise WeightsError("has a pickle that calls what no checkpoint calls")

    def _build(self, _argument: Plain) -> None:
        """Drop the attributes of a dict (a state_dict's ``_metadata``)."""
        self.pop()
        if not isinstance(self._top(), dict):
            raise WeightsError("has a pickle that builds something else than a dict")

    def _persistent(self, _argument: Plain) -> None:
        storage = _storage(self.pop())
        if self._storages.setdefault(storage.key, storage) != storage:
            raise WeightsError(f"is damaged (it describes storage {storage.key} in two ways)")
        self._stack.append(storage)


def _storage(parts: Plain) -> Storage:
    """Return the storage that ('storage', kind, key, device, elements[, None]) describes."""
    known = isinstance(parts, tuple) and len(parts) in (5, 6) and parts[0] == "storage"
    if not known or not isinstance(parts[1], Named) or parts[5:] not in ((), (None,)):
        raise WeightsError("has a storage of an unknown form")
    kind, key, elements = parts[1].name.removeprefix("torch "), parts[2], parts[4]
    digits = isinstance(key, str) and key.isascii() and key.isdigit() and len(key) <= 20
    if kind not in ITEM_BYTES or not digits or not isinstance(elements, int):
        raise WeightsError("has a storage of an unknown form")
    if not 0 <= elements <= MAX_ELEMENTS:
        raise WeightsError(f"has a storage of an absurd size ({elements} numbers)")
    return Storage(kind, key, elements)


def _tensor(storage: Plain, offset: Plain, shape: Plain, strides: Plain) -> Tensor:
    sizes = (shape, strides)
    if (
        not isinstance(storage, Storage)
        or not all(isinstance(size, tuple) and len(size) <= MAX_AXES for size in sizes)
        or len(shape) != len(strides)
        or not all(isinstance(one, int) and one >= 0 for one in (offset, *shape, *strides))
    ):
        raise WeightsError("has a tensor of an unknown form")
    return Tensor(storage, offset, shape, strides)
