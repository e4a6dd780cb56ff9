"""What every test may ask for."""

from __future__ import annotations

import gc
import importlib
import os
import random
import sys
from contextlib import suppress
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the game; before NumPy is loaded
os.environ["LANGUAGE"] = "en"  # sentences are compared; whoever tests others says so

from kpopdance.engines.names import AUTO

gc.disable()  # what is collected stays: it is not looked through for what could go


def pytest_collection(session):
    """Each worker loads a part of its own first: what it compiles the others find compiled."""
    worker = getattr(session.config, "workerinput", None)
    if worker is None or sys.dont_write_bytecode:
        return
    found = [path for told in session.config.args for path in Path(told).rglob("test_*.py")]
    files, root = sorted(path.resolve() for path in found), session.config.rootpath
    number, count = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    for path in files[len(files) * number // count : len(files) * (number + 1) // count]:
        with suppress(Exception, pytest.skip.Exception):  # it is told where it is collected
            importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Measuring material that does not ship with the game."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    path = Path(os.environ.get("KPOPDANCE_SHARED", beside))
    if not path.is_dir():
        pytest.skip(f"no measuring material at {path}; set KPOPDANCE_SHARED")
    return path


@pytest.fixture(autouse=True, scope="session")
def nothing_is_timed():
    """Runtimes are taken in their fixed order: what a test sees is not to hang on this computer.

    Nor on its cores: a network has one thread, as the tests beside it need the others.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        patch.setattr("kpopdance.realtime.commands.common.trial", lambda between: AUTO)
        yield


@pytest.fixture(autouse=True)
def chance_is_the_same_in_every_run():
    """What nobody chose, such as a seed, is what it was in the last run of this test."""
    random.seed(7)


@pytest.fixture(scope="session")
def for_all(tmp_path_factory) -> Path:
    """A folder of this run that its workers share: what takes long is made once for all."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(autouse=True, scope="session")
def nothing_kept_from_before(for_all) -> None:
    """What is kept to spare time lies in a folder of these tests."""
    from kpopdance.realtime.library import kept

    kept.cache_folder = lambda: for_all / "kept"
