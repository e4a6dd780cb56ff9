"""The house: light modules stay light, rooms import downwards only."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "cv2", "pygame", "sounddevice", "av", "onnxruntime", "openvino", "onnx", "tensorrt", "torch",
}  # fmt: skip
PURE = sorted(
    f"kpopdance.realtime.{room}.{path.stem}"
    for room in ("core", "pose", "scoring", "search")
    for path in (ROOT / "realtime" / room).glob("[a-z]*.py")
)
LIGHT = [
    "kpopdance", "kpopdance.engines.maps", "kpopdance.engines.ports", *PURE,
    *(f"kpopdance.realtime.{name}" for name in (
        "dance.foresight", "dance.keeping", "dance.kit", "dance.loop", "dance.performance",
        "dance.preparing", "dance.together", "dance.unseen", "library.checked_packs",
        "library.choreography_file", "library.mirrored", "library.pack_reader", "library.pack_writer",
        "library.settings", "library.songpack", "library.standards", "library.store",
        "shell.beside", "shell.songs",
        "studio.masking", "studio.recording",
    )),
]  # fmt: skip


@pytest.mark.parametrize("modules", [PURE, LIGHT], ids=["pure", "light"])
def test_light_modules_bring_no_heavy_library(modules):
    imports = "; ".join(f"import {module}" for module in modules)
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; {imports}; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert loaded & HEAVY == set()


TYPED = [
    ["--version"],
    ["--help"],
    ["nonsense"],
    ["--nonsense"],
    *(
        [name, *words]
        for name in ("play", "record", "songs", "quiz", "report", "score", "pose", "mask", "doctor",
                     "build-engine", "import-weights")
        for words in (["--help"], ["--nonsense"])
    ),
]  # fmt: skip
SLOW_TO_LOAD = HEAVY | {
    "numpy", "msgspec", "sqlite3", "tqdm", "platformdirs", "tomllib", "cuda", "scipy",
}  # fmt: skip


@pytest.mark.parametrize("words", TYPED, ids=" ".join)
def test_what_only_tells_something_loads_next_to_nothing(words):
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from kpopdance.realtime.__main__ import program\n"
        f"sys.argv[1:] = {words!r}\n"
        "program()\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == (2 if "nonsense" in words[-1] else 0), told.stderr
    loaded = {name.partition(".")[0] for name in told.stderr.splitlines()[-1].split()}
    assert loaded & SLOW_TO_LOAD == set()


def test_imports_go_downwards_only():
    beside = Path(sys.executable).with_name("lint-imports")
    lint = beside if beside.exists() else shutil.which("lint-imports")
    if lint is None:
        pytest.skip("import-linter is not installed")
    told = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_no_tool_is_imported_by_the_game():
    for path in [*ROOT.glob("realtime/**/*.py"), *ROOT.glob("engines/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        assert "from tools" not in text, path
        assert "import tools" not in text, path
