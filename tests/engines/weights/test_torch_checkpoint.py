"""Checkpoints real, damaged and hostile: tensors or one sentence, and nothing is ever run."""

import io
import os
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.plain_pickle import MAX_STEPS, plain_from_pickle
from kpopdance.engines.weights.torch_checkpoint import MAX_ENTRIES, checkpoint_from_bytes
from tests import torch_files
from tests.torch_files import Pickler, archive, counted, stream

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "torch"
FLOATS = np.arange(12, dtype=np.float32).reshape(3, 4)
STATE = {"a": FLOATS, "b": FLOATS[0].astype(np.float16), "n": np.array(7, np.int64)}
HEAD = b"".join(Pickler(old=True).dumps(one) for one in (torch_files.MAGIC, 1001, {}))


@pytest.mark.parametrize("name", ["archive.pth", "stream.pth"])
def test_what_real_pytorch_wrote_is_read_to_the_bit(name):
    checkpoint = checkpoint_from_bytes((GOLDEN / name).read_bytes())
    with np.load(GOLDEN / "expected.npz", allow_pickle=False) as expected:
        assert list(checkpoint.tensors) == list(expected)
        floats = [key for key in expected if expected[key].dtype.kind == "f"]
        assert len(floats) == 12
        for key in floats:
            found = checkpoint.array(key)
            assert found.dtype == np.float32
            assert found.tolist() == expected[key].astype(np.float32).tolist()
    with pytest.raises(WeightsError, match=r"'1.num_batches_tracked' of LongStorage"):
        checkpoint.array("1.num_batches_tracked")


@pytest.mark.parametrize("name", ["archive.pth", "stream.pth"])
def test_real_files_cut_or_changed_earn_a_sentence(name):
    whole = (GOLDEN / name).read_bytes()
    for size in {*range(0, len(whole), 97), *range(len(whole) - 100, len(whole))}:
        with pytest.raises(WeightsError):
            read_all(whole[:size])
    rng = np.random.default_rng(0)
    read = 0
    for at in rng.integers(0, len(whole), 250).tolist():
        changed = whole[:at] + bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1 :]
        try:
            read_all(changed)
            read += 1
        except WeightsError:
            pass
    assert 0 < read < 250


def read_all(content):
    checkpoint = checkpoint_from_bytes(content)
    floats = [
        n for n, tensor in checkpoint.tensors.items() if tensor.storage.kind != "LongStorage"
    ]
    return {name: checkpoint.array(name) for name in floats}


@pytest.mark.parametrize("write", [archive, stream])
def test_our_own_writer_is_read(write):
    found = read_all(write(torch_files.checkpoint(STATE)))
    assert found["a"].tolist() == FLOATS.tolist()
    assert found["b"].tolist() == FLOATS[0].tolist()


class Evil:
    """A pickle that would touch a file."""

    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return os.system, (f"touch {self.canary}",)


def hostile_pickles(canary):
    command = counted(b"X", f"touch {canary}".encode())
    call = b"cos\nsystem\n" + command + b"\x85R."
    yield "global", b"\x80\x02" + call
    yield "behind good data", Pickler(old=False).dumps({"a": 1})[:-1] + b"0" + call
    yield "as a storage", b"\x80\x02(" + counted(b"X", b"storage") + b"cos\nsystem\n" + b"tQ."
    yield "inst", b"\x80\x02(" + command + b"ios\nsystem\n."
    yield "obj", b"\x80\x02(cos\nsystem\n" + command + b"o."
    yield "newobj", b"\x80\x02cos\nsystem\n" + command + b"\x85\x81."
    yield "by its name", b"\x80\x04\x8c\x02os\x8c\x06system\x93" + command + b"\x85R."
    yield "build", b"\x80\x02ccollections\nOrderedDict\n" + command + b"b."
    yield "known name, odd call", b"\x80\x02ctorch\nFloatStorage\n" + command + b"\x85R."
    yield "extension", b"\x80\x02\x82\x01" + command + b"\x85R."
    yield "eval", b"\x80\x02cbuiltins\neval\n" + counted(b"X", b"open('x')") + b"\x85R."
    for protocol in range(6):
        yield f"protocol {protocol}", pickle.dumps({"state_dict": Evil(canary)}, protocol)


def wrapped(content):
    """The pickle in each place where a checkpoint keeps one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("x/data.pkl", content)
    yield out.getvalue()
    yield content
    yield HEAD + content
    yield HEAD[: -len(Pickler(old=True).dumps({}))] + content
    yield HEAD + Pickler(old=True).dumps({}) + content


def test_a_hostile_pickle_is_never_run(tmp_path):
    canary = tmp_path / "canary"
    for name, content in hostile_pickles(canary):
        for file in wrapped(content):
            with pytest.raises(WeightsError) as why:
                checkpoint_from_bytes(file)
            assert "\n" not in str(why.value), name
        assert not canary.exists(), name
    assert not any(tmp_path.iterdir())
    pickle.loads(pickle.dumps(Evil(canary)))  # noqa: S301 - shows that the canary sings
    assert canary.exists()


def test_an_unknown_name_is_told():
    with pytest.raises(WeightsError, match=r"names os\.system, which no weights need"):
        plain_from_pickle(b"\x80\x02cos\nsystem\n.")
    with pytest.raises(WeightsError, match=r"names \\x1b\[2J\.x, which"):
        plain_from_pickle(b"\x80\x02c\x1b[2J\nx\n.")


STORAGE = b"(" + counted(b"X", b"storage") + b"ctorch\nFloatStorage\n" + counted(b"X", b"0")
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n("
BOMB = b"".join(b"\x86q" + bytes([k]) + 2 * (b"h" + bytes([k])) for k in range(200))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (b"", "is truncated"),
        (b"N", "is truncated"),
        (b"\xff.", "damaged pickle"),
        (b".", "takes more than it has"),
        (b"R.", "takes more than it has"),
        (b"t.", "a mark is missing"),
        (b"Nu.", "a mark is missing"),
        (b"(u.", "uses what it does not have"),
        (b"q\x00.", "uses what it does not have"),
        (b"h\x05.", "recalls what it never kept"),
        (b"r\xff\xff\xff\xff.", "uses what it does not have"),
        (b"](N(u.", "dict"),
        (b"}(Nu.", "dict"),
        (b"}Na.", "list"),
        (b"}NNs.", "keys are neither text nor number"),
        (b"NN" + BOMB + b"}(h\x00Nu.", "keys are neither text nor number"),
        (b"N)R.", "calls what no checkpoint calls"),
        (b"ccollections\nOrderedDict\nNR.", "a call without arguments"),
        (b"]Nb.", "builds something else"),
        (b"\x8b\xff\xff\xff\x7f.", "damaged pickle"),
        (b"\x8b\x00\x00\x40\x00" + b"\xff" * 0x400000 + b".", "instruction LONG4"),
        (b"X\xff\xff\xff\xff.", "damaged pickle"),
        (b"L" + b"9" * 100_000 + b"\n.", "damaged pickle"),
        (b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f.", "damaged pickle"),
        (b"N0" * MAX_STEPS + b".", "instruction POP"),
        (b"N" * (MAX_STEPS + 1) + b".", "more than 200000 steps"),
        (b"NQ.", "storage of an unknown form"),
        (STORAGE + b"NNtQ.", "storage of an unknown form"),
        (STORAGE + counted(b"X", b"cpu") + b"J\xff\xff\xff\xfftQ.", "absurd size"),
        (STORAGE + counted(b"X", b"cpu") + b"J\xff\xff\xff\x7ftQ.", "absurd size"),
        (STORAGE[:-6] + counted(b"X", b"../0") + b"NK\x01tQ.", "storage of an unknown form"),
        (TENSOR + b"NK\x00))tR.", "tensor of an unknown form"),
        (TENSOR + STORAGE + b"NK\x01tQK\x00K\x03K\x03tR.", "tensor of an unknown form"),
        (TENSOR + STORAGE + b"NK\x01tQK\x00K\x03\x85)tR.", "tensor of an unknown form"),
        (TENSOR + STORAGE + b"NK\x01tQK\x00K\x03\x85J\xff\xff\xff\xff\x85tR.", "of an unknown form"),
    ],
)  # fmt: skip
def test_a_damaged_or_greedy_pickle_is_refused_soon(code, told):
    tracemalloc.start()
    try:
        with pytest.raises(WeightsError, match=told):
            plain_from_pickle(b"\x80\x02" + code)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100e6


@pytest.mark.parametrize(
    "code",
    [
        b"(" * 90_000 + b"t" * 90_000 + b".",
        pytest.param(b"N" + b"\x85" * 99_000 + b".", marks=pytest.mark.long),
        pytest.param(b"]" * 90_000 + b"a" * 89_999 + b".", marks=pytest.mark.long),
        b"]q\x00h\x00ah\x00h\x00a.",
        pytest.param(b"}q\x00X\x01\x00\x00\x00ah\x00s.", marks=pytest.mark.long),
        b"NN" + BOMB + b"\x86.",
    ],
    ids=["marks", "tuples", "lists", "a list in itself", "a dict in itself", "doubling"],
)
def test_deep_and_endless_data_is_no_state(code):
    """It is read without recursion and let go again; as a checkpoint it holds nothing."""
    plain_from_pickle(b"\x80\x02" + code)
    for file in list(wrapped(b"\x80\x02" + code))[:3]:
        with pytest.raises(WeightsError):
            checkpoint_from_bytes(file)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, "holds no state_dict"),
        ([FLOATS], "holds no state_dict"),
        ({"state_dict": 3}, "holds no state_dict"),
        ({"state_dict": {"a": 3}}, "something else than a tensor at 'a'"),
        ({"state_dict": {3: FLOATS}}, "something else than a tensor at '3'"),
    ],
)
@pytest.mark.parametrize("write", [archive, stream])
def test_a_checkpoint_holds_tensors_by_name(write, state, told):
    with pytest.raises(WeightsError, match=told):
        checkpoint_from_bytes(write(state))


@pytest.mark.parametrize("write", [archive, stream])
def test_a_tensor_must_lie_within_its_storage(write):
    honest = write({"a": FLOATS})
    shape, strides = b"K\x03K\x04t", b"K\x04K\x01t"  # as Pickler writes tuples
    assert read_all(honest)["a"].tolist() == FLOATS.tolist()
    for old, new in (
        (b"K\x00(" + shape, b"K\x01(" + shape),
        (shape, b"K\x04K\x04t"),
        (strides, b"K\x05K\x01t"),
        (strides, b"K\x00K\x00t"),
        (shape, b"K\x00K\x04t"),
    ):
        assert honest.count(old) == 1
        changed = patched(honest, old, new)
        with pytest.raises(WeightsError, match=r"does not fit its storage|damaged"):
            read_all(changed)


def patched(content, old, new):
    """Change bytes of the pickle; the archive's checksum too."""
    if content[:2] != b"PK":
        return content.replace(old, new)
    return rezipped(
        content, lambda name, data: data.replace(old, new) if name.endswith("pkl") else data
    )


def rezipped(content, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as file:
        for name in source.namelist():
            file.writestr(name, change(name, source.read(name)))
    return out.getvalue()


@pytest.mark.parametrize("write", [archive, stream])
def test_one_storage_told_in_two_ways_is_refused(write):
    content = write({"a": FLOATS, "b": FLOATS[:2].copy()})
    keys = (b"0", b"1") if write is archive else (b"94164332799648", b"94164332799712")
    code = [counted(b"X", key) for key in keys]
    with pytest.raises(WeightsError, match="in two ways"):
        read_all(patched(content, code[1], code[0]))


def zipped(entries, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, data in entries:
            file.writestr(name, data)
    return out.getvalue()


GOOD = Pickler(old=False).dumps({"a": FLOATS})
DATA = ("x/data/0", FLOATS.tobytes())
SOUND = zipped([("x/data.pkl", GOOD), DATA])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (zipped([]), "is no checkpoint"),
        (zipped([("data.pkl", GOOD), DATA]), "not one that torch.save wrote"),
        (zipped([("x/data.pkl", GOOD), ("y/data.pkl", GOOD)]), "not one that torch.save wrote"),
        (zipped([("../data.pkl", GOOD), DATA]), "not one that torch.save wrote"),
        (zipped([("/data.pkl", GOOD), DATA]), "not one that torch.save wrote"),
        (zipped([("x/data.pkl", GOOD), DATA, ("x/../../e", b"")]), "not one that torch.save wrote"),
        (zipped([("x/data.pkl", GOOD), DATA, ("C:\\e", b"")]), "not one that torch.save wrote"),
        (zipped([("x/data.pkl", GOOD), DATA], zipfile.ZIP_DEFLATED), "not one that torch.save wrote"),
        (zipped([("x/data.pkl", b"\0" * 9_000_000), DATA]), "'data.pkl' is too large"),
        (zipped([("x/data.pkl", GOOD)]), "damaged in the entry 'data/0'"),
        (zipped([("x/data.pkl", GOOD), ("x/data/0", b"1234")]), "storage 0 has another size"),
        (zipped([("x/data.pkl", GOOD), ("x/data/0", bytes(49))]), "'data/0' is too large"),
        (zipped([("x/data.pkl", GOOD), DATA, ("x/byteorder", b"middle")]), "unknown byte order"),
        (b"PK\x03\x04" + b"PK\x01\x02" * (MAX_ENTRIES + 1), "more than 10000 entries"),
        (SOUND.replace(FLOATS.tobytes(), bytes(48)), "damaged in the entry"),
    ],
)  # fmt: skip
def test_an_archive_that_pytorch_did_not_write_is_refused(content, told):
    with pytest.raises(WeightsError, match=told):
        read_all(content)


def test_two_entries_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped([("x/data.pkl", GOOD), DATA, DATA])
    with pytest.raises(WeightsError, match=r"not one that torch\.save wrote"):
        read_all(content)


def test_an_encrypted_entry_is_refused():
    flags = SOUND.index(b"PK\x01\x02") + 8
    with pytest.raises(WeightsError, match=r"not one that torch\.save wrote"):
        read_all(SOUND[:flags] + b"\x01" + SOUND[flags + 1 :])


def test_the_stream_tells_its_storages_truly():
    content = stream({"a": FLOATS})
    count = struct.pack("<q", 12)
    assert content.count(count) == 1
    for number in (11, 13, -1, 2**62):
        with pytest.raises(WeightsError, match="storage 94164332799648 has another size"):
            read_all(content.replace(count, struct.pack("<q", number)))
    for missing in range(1, 56):
        with pytest.raises(WeightsError, match="is truncated"):
            read_all(content[:-missing])
    place = content.rindex(b"94164332799648")
    with pytest.raises(WeightsError, match="lists other storages"):
        read_all(content[:place] + b"1" + content[place + 1 :])
    with pytest.raises(WeightsError, match="unknown version"):
        read_all(content.replace(b"J\xe9\x03\x00\x00", b"J\xea\x03\x00\x00", 1))
