"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpopdance.engines.names import AUTO


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
    """Runtimes are taken in their fixed order: what a test sees is not to hang on this computer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kpopdance.realtime.commands.common.trial", lambda between: AUTO)
        yield


@pytest.fixture(autouse=True, scope="session")
def nothing_kept_from_before(tmp_path_factory) -> None:
    """What is kept to spare time lies in a folder of these tests."""
    from kpopdance.realtime.library import kept

    folder = tmp_path_factory.mktemp("kept")
    kept.cache_folder = lambda: folder
