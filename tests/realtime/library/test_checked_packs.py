"""A pack is checked whole once, and again as soon as a byte of it is another."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys

import pytest

from kpopdance.realtime.library import checked_packs, kept
from kpopdance.realtime.library.checked_packs import check_pack
from kpopdance.realtime.library.songpack import BUNDLED, SongPackError

WELL = ""


@pytest.fixture
def pack(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path / "cache" / "kept")
    folder = tmp_path / "songs" / "네온"
    shutil.copytree(BUNDLED / "neon-steps", folder)
    return folder


@pytest.fixture
def looks(monkeypatch):
    """What was looked at whole: packs and sounds."""
    seen, real = [], checked_packs.load_pack
    monkeypatch.setattr(
        checked_packs, "load_pack", lambda folder: seen.append(folder) or real(folder)
    )
    return seen


def sound(seen, warning=WELL):
    return lambda path: seen.append(path) or warning


def flip_a_byte(path, at):
    """Change one byte in the middle and nothing that a directory tells."""
    told = path.stat()
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


@pytest.mark.parametrize("beside", [True, False])
def test_what_was_checked_once_is_known(pack, looks, beside):
    if beside:
        kept.keep_beside(pack.parent)
    first = check_pack(pack, sound(looks))
    assert check_pack(pack, sound(looks)) == first
    assert looks == [pack, pack / first[0].audio]
    assert (first[1].members, first[1].length_s, first[2]) == (3, 72.0, "")
    where = pack.parent / ".kept" if beside else kept.cache_folder()
    assert len(list(where.iterdir())) == 1


@pytest.mark.parametrize(("name", "title"), [("song.toml", "Oeon"), ("audio.ogg", "Neon")])
def test_one_other_byte_of_one_age_is_checked_anew(pack, looks, name, title):
    check_pack(pack, sound(looks))
    flip_a_byte(pack / name, (pack / name).read_bytes().find(b"Neon"))
    assert check_pack(pack, sound(looks))[0].told.title.startswith(title)
    assert looks.count(pack) == 2


def test_damage_shows_every_time(pack, looks):
    check_pack(pack, sound(looks))
    path = pack / "choreography.npz"
    flip_a_byte(path, path.stat().st_size // 2)
    for _ in range(2):
        with pytest.raises(SongPackError, match=f"^{path}: .*copy or record it again"):
            check_pack(pack, sound(looks))
    assert looks.count(pack) == 3


def test_another_version_checks_anew(pack, looks, monkeypatch):
    check_pack(pack, sound(looks))
    monkeypatch.setattr(kept, "code", lambda: "newer")
    check_pack(pack, sound(looks))
    assert looks.count(pack) == 2


def test_what_something_is_wrong_with_is_never_kept(pack, looks):
    for _ in range(2):
        assert check_pack(pack, sound(looks, "it is cut off"))[2] == "it is cut off"
    assert len(looks) == 4
    assert not kept.cache_folder().exists()


SPOILT = [
    b"", b"[1]", b"\xff\0", b'{"members": 3', b'{"members": 0, "length_s": 72.0}',
    b'{"members": 3, "length_s": 1e99}', b'{"members": "3", "length_s": 72.0}', b"[" * 100_000,
    b'{"members": 3, "length_s": 72.0, "more": 1}', b"9" * 5000,
]  # fmt: skip


def test_a_damaged_kept_file_is_made_again(pack, looks):
    whole = check_pack(pack, sound(looks))
    path = next(kept.cache_folder().iterdir())
    content = path.read_bytes()
    for number, bad in enumerate(SPOILT, 2):
        path.write_bytes(bad)
        assert check_pack(pack, sound(looks)) == whole, bad[:40]
        assert looks.count(pack) == number, bad[:40]
        assert path.read_bytes() == content, bad[:40]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_where_nothing_can_be_kept_it_costs_time_alone(pack, looks, monkeypatch, number):
    def refuse(path, text):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(kept, "write_whole", refuse)
    assert check_pack(pack, sound(looks)) == check_pack(pack, sound(looks))
    assert looks.count(pack) == 2


SCRIPT = (
    "import atexit, sys\n"
    "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    "from kpopdance.realtime.__main__ import program\n"
    "sys.argv[1:] = ['songs', '--json']\n"
    "program()\n"
)


def test_two_lists_at_once_agree_and_the_next_loads_next_to_nothing(tmp_path):
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CACHE", "DATA", "CONFIG")}
    homes |= {"HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}

    def begun():
        return subprocess.Popen(
            [sys.executable, "-c", SCRIPT], env=os.environ | homes, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    told = [each.communicate(timeout=120) for each in [begun(), begun()]]
    told.append(begun().communicate(timeout=120))
    songs = [json.loads(out)["songs"] for out, _ in told]
    assert songs[0] == songs[1] == songs[2]
    (neon,) = (song for song in songs[0] if song["title"].startswith("Neon Steps"))
    assert neon["length_s"] == 72.0
    loaded = {name.partition(".")[0] for name in told[2][1].splitlines()[-1].split()}
    assert loaded & {"numpy", "av", "cv2", "pygame", "onnxruntime", "openvino"} == set()
