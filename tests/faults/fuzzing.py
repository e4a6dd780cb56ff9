"""Hostile input made from good input, and what must hold of whatever a door is given.

``make fuzz CASES=10000`` (``KPOPDANCE_CASES``) tries as many cases of each door, other ones each time;
without it few, always the same.
"""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
from time import process_time

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from kpopdance.engines.errors import DanceError

CASES = int(os.environ.get("KPOPDANCE_CASES", "0"))
LONGEST_S = 20.0
"""Of one case, on a computer that does other things too."""

EXTREMES = (
    b"\0", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff" * 8, struct.pack("<i", 2**31 - 1),
    struct.pack("<q", -1), struct.pack("<d", np.nan), struct.pack("<f", np.inf), b"nan", b"-inf",
    b"1e999", b"-1", b"0", b"9" * 20, b"0x" + b"f" * 5000, b"[" * 200, b"{" * 200, b'"', b"'",
    b"\\u0000", b"\\U0010ffff", b"\x1b[2J", "\u202e".encode(), b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b"../" * 20, b"PK\x01\x02", b"\r", b"=", b"true", b"(" * 150, b"1" * 5000, b"a." * 600, b"|O",
    b"<U9999999", b"\xc3\x28",
)  # fmt: skip

EVIL = "a\x1b[2Jb\x9bc\u202ed\0e\u2028f\u200dg\x7f"
WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            " ",
            "\0",
            "nan",
            "..",
            "/",
            "a" * 300,
            "\x1b[31m",
            "\u202eabc",
            "음악",
            "NEON-STEPS",
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(-3, 100),
    st.floats(),
    st.sampled_from([2**31, 2**63, -(2**63), 10**30, 1e308, -0.0, 16**100]),
)
ANYTHING = st.recursive(
    st.one_of(WORDS, NUMBERS, st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4)
    ),
    max_leaves=8,
)


def cases(usual):
    """So many cases of a property, always the same, or as many as are asked for, always others."""
    return settings(
        max_examples=CASES or usual, derandomize=not CASES, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=True,
        phases=[Phase.explicit, Phase.generate],  # what fails is small; shrinking takes minutes
    )  # fmt: skip


@st.composite
def spoilt(draw, whole):
    """A file's bytes with a few places flipped, cut, doubled, swapped, or grown extreme."""
    data = bytearray(draw(st.sampled_from(whole)) if isinstance(whole, list) else whole)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        many = draw(st.sampled_from([1, 1, 2, 4, 8, 64, 1000, 10**6]))
        kind = draw(st.sampled_from(["flip", "cut", "end", "double", "swap", "over", "into"]))
        piece = bytes(data[at : at + many])
        if kind == "flip" and piece:
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del data[at : at + many]
        elif kind == "end":
            del data[at:]
        elif kind == "double":
            data[at:at] = piece * draw(st.integers(1, 3))
        elif kind == "swap":
            del data[at : at + many]
            to = draw(st.integers(0, len(data)))
            data[to:to] = piece
        else:
            extreme = draw(st.sampled_from(EXTREMES))
            data[at : at + len(extreme) * (kind == "over")] = extreme
    return bytes(data)


DTYPES = st.sampled_from(
    ["f4", "f8", "f2", ">f4", "i8", "u1", "?", "U7", "S3", "c16", "M8[s]", "i4,f8"]
)
SHAPES = st.one_of(
    st.sampled_from([(), (0,), (1,), (3, 20, 18, 3), (1, 0, 18, 3), (1, 1, 18, 3), (20, 18, 3), (7, 2)]),
    st.lists(st.integers(0, 4), max_size=6).map(tuple),
)  # fmt: skip


@st.composite
def odd_arrays(draw, sound):
    """A file's arrays of which some are missing, of another kind or shape, or hold what cannot be."""
    arrays = dict(sound)
    for name in draw(st.lists(st.sampled_from(sorted(sound)), min_size=1, max_size=2)):
        kind = draw(st.sampled_from(["gone", "other", "number", "poison", "poison", "as"]))
        if kind == "gone":
            arrays.pop(name, None)
        elif kind == "other":
            arrays[name] = np.zeros(draw(SHAPES), np.dtype(draw(DTYPES)))
        elif kind == "number":
            number = draw(NUMBERS)
            arrays[name] = np.array(float(number) if abs(number) < 1e300 else np.inf)
        elif name in arrays and kind == "poison" and arrays[name].dtype.kind in "fi":
            arrays[name] = _poisoned(draw, arrays[name])
        elif name in arrays and arrays[name].dtype.kind in "fi":
            with np.errstate(all="ignore"):
                arrays[name] = arrays[name].astype(
                    draw(st.sampled_from(["f8", "f2", ">f4", "i4", "U7"]))
                )
    return arrays


def _poisoned(draw, array):
    array = np.array(array)
    worst = (
        [np.nan, np.inf, -np.inf, 1e30, -1e30, -1, 0]
        if array.dtype.kind == "f"
        else [-1, 0, np.iinfo(array.dtype).max]
    )
    for _ in range(draw(st.integers(1, 3))):
        if array.size:
            with np.errstate(all="ignore"):  # 1e30 in half precision
                array.flat[draw(st.integers(0, array.size - 1))] = draw(st.sampled_from(worst))
    return array


@st.composite
def odd_zip(draw, arrays):
    """An npz written by hand: entries of damaged arrays, doubled, compressed, misnamed; sums right."""
    out = io.BytesIO()
    packing = zipfile.ZipFile(out, "w", draw(st.sampled_from([0, 8, 12])))
    with warnings.catch_warnings(), packing as packed:
        warnings.simplefilter("ignore")  # two of one name
        for name, array in arrays.items():
            content = npy_bytes(array)
            if draw(st.booleans()):
                content = draw(spoilt(content[: min(len(content), 200)])) + content[200:]
            for _ in range(draw(st.sampled_from([1, 1, 1, 1, 2, 40]))):
                packed.writestr(draw(st.sampled_from([f"{name}.npy"] * 9 + [name])), content)
    return out.getvalue()


class Long(bytes):
    """Bytes that a report of hypothesis does not print."""

    def __repr__(self):
        return f"<{len(self)} bytes>"


def npy_bytes(array):
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def npz_bytes(arrays):
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return Long(out.getvalue())


def refused_or_read(door, path, *others):
    """What a door makes of a path: a value, or None where one sentence refuses it or another file.

    It takes no time to speak of, and leaves everything beside as it was.
    """
    before = _held(path)
    began_s = process_time()
    try:
        value = door(path)
    except DanceError as why:
        value, told = None, str(why)
        assert any(str(each) in told for each in (path, *others)), told
        assert "\n" not in told, told
        assert len(told) < 1500, told
    assert process_time() - began_s < LONGEST_S
    assert _held(path) == before
    return value


def _held(path):
    folder = path if path.is_dir() else path.parent
    return {
        each.name: (each.stat().st_size, each.stat().st_mtime_ns) for each in folder.iterdir()
    }
