"""What is handed out: one name at the wheel's top, all data inside; a source archive that is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("door", "engines", "realtime", "songs", "tests", "tools", "docs")
NOT_OURS = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*")
BUILD = (
    "import setuptools.build_meta as made, sys; print(getattr(made, sys.argv[1])(sys.argv[2]))"
)

pytestmark = pytest.mark.index


def files_under(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def but_networks(source: str, copy: str) -> None:
    """Copy a file; of a network its name: nobody opens one here, and they take long to pack."""
    if source.endswith(".onnx"):
        Path(copy).write_bytes(b"a network")
    else:
        shutil.copy(source, copy)


def call(*words, cwd, path, check=True):
    """Run a command that sees only the given folders before the environment's packages."""
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, text=True, check=check,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))},
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build as an index is served: a source archive, and the wheel from what it unpacks to."""
    home = tmp_path_factory.mktemp("built")
    backend = home / "backend"
    fetched = call(
        sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check",
        "--target", backend, "setuptools>=77", cwd=home, path=[], check=False,
    )  # fmt: skip
    if fetched.returncode:
        pytest.skip(
            f"no package index to fetch setuptools from: {fetched.stdout.strip()[-200:]}"
        )
    checkout = home / "checkout"
    checkout.mkdir()
    for name in FOLDERS:
        shutil.copytree(
            ROOT / name, checkout / name, ignore=NOT_OURS, copy_function=but_networks
        )
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, checkout)
    if (ROOT / ".ci").is_dir():
        shutil.copytree(ROOT / ".ci", checkout / ".ci")
    wanted = files_under(checkout)
    call(sys.executable, "-c", BUILD, "build_sdist", home, cwd=checkout, path=[backend])
    [archive] = home.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(home / "unpacked", filter="data")
    [source] = (home / "unpacked").iterdir()
    call(sys.executable, "-c", BUILD, "build_wheel", home, cwd=source, path=[backend])
    [wheel] = home.glob("*.whl")
    return SimpleNamespace(wanted=wanted, source=source, wheel=wheel)


@pytest.fixture(scope="module")
def site(built, tmp_path_factory):
    """The wheel installed beside decoys of every name that was once at its top."""
    folder = tmp_path_factory.mktemp("site")
    call(
        sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
        "--no-index", "--target", folder, built.wheel, cwd=folder, path=[],
    )  # fmt: skip
    for name in ("realtime", "engines", "songs", "door", "tools"):
        (folder / name).mkdir()
        decoy = f"raise RuntimeError('the decoy {name} was imported')\n"
        (folder / name / "__init__.py").write_text(decoy)
    return folder


def test_the_wheel_has_one_name_at_its_top_and_all_data(built):
    with zipfile.ZipFile(built.wheel) as opened:
        names = set(opened.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kpopdance"}
    assert len(tops) == 2
    wanted = {
        f"kpopdance/{name.removeprefix('door/')}"
        for name in built.wanted
        if name.partition("/")[0] in ("door", "engines", "realtime", "songs")
    }
    installed = {name for name in names if name.startswith("kpopdance/")}
    assert wanted <= installed
    assert {name for name in installed - wanted if not name.endswith("/")} == set()
    kinds = {Path(name).suffix for name in wanted}
    assert {".onnx", ".fatbin", ".otf", ".toml", ".npz", ".ogg", ".typed"} <= kinds


def test_the_source_archive_is_the_checkout(built):
    assert built.wanted - files_under(built.source) == set()


@pytest.mark.long
def test_the_source_archives_tests_can_be_collected(built):
    links = built.source / "links"
    (links / "kpopdance").mkdir(parents=True)
    for place in ("engines", "realtime", "songs", *(f"door/{p}" for p in DOOR)):
        (links / "kpopdance" / Path(place).name).symlink_to(built.source / place)
    told = call(
        sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
        "-p", "no:benchmark", "-p", "no:xdist",
        cwd=built.source, path=[links, built.source], check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-3000:]


DOOR = sorted(path.name for path in (ROOT / "door").iterdir() if path.is_file())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["--version"], "kpopdance "), (["songs"], "neon-steps")],
    ids=["version", "songs"],
)
@pytest.mark.parametrize("how", ["script", "module"])
def test_it_runs_beside_packages_of_other_people(site, tmp_path, words, sentence, how):
    script = next((site / "bin").glob("kpopdance*"), None)
    begin = [sys.executable, script] if how == "script" else [sys.executable, "-m", "kpopdance"]
    told = call(*begin, *words, cwd=tmp_path, path=[site], check=False)
    assert told.returncode == 0, told.stdout
    assert sentence in told.stdout


def test_what_ran_was_the_wheels(site, tmp_path):
    code = (
        "import kpopdance, kpopdance.realtime.core.types as t;"
        "print(kpopdance.__file__, t.__file__, kpopdance.load_pack.__module__)"
    )
    told = call(sys.executable, "-c", code, cwd=tmp_path, path=[site])
    assert told.stdout.split() == [
        str(site / "kpopdance" / "__init__.py"),
        str(site / "kpopdance" / "realtime" / "core" / "types.py"),
        "kpopdance.realtime.library.pack_reader",
    ]


def test_the_decoys_would_be_met(site, tmp_path):
    told = call(sys.executable, "-c", "import realtime", cwd=tmp_path, path=[site], check=False)
    assert "the decoy realtime was imported" in told.stdout
