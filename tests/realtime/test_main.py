"""The one door of all commands: what goes wrong there is one sentence and an exit code."""

from __future__ import annotations

import logging
import warnings

import pytest

from kpopdance.realtime import __main__ as door
from kpopdance.realtime.commands import songs


@pytest.fixture(autouse=True)
def quiet_again():
    """Warnings go where pytest wants them once a command has sent them to the log."""
    yield
    logging.captureWarnings(capture=False)


def fail_with(monkeypatch, fault):
    def fail(args):
        raise fault

    monkeypatch.setattr(songs, "run", fail)


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "nothing was left half-written"),
        (BrokenPipeError(), 0, ""),
        (OSError(28, "No space left on device", "dance.mp4"), 2,
         "dance.mp4: No space left on device; check folder and space"),
        (ValueError("seven legs"), 70, "wrong with the game itself (ValueError: seven legs)"),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence(monkeypatch, capfd, tmp_path, fault, code, words):
    fail_with(monkeypatch, fault)
    monkeypatch.setattr("platformdirs.user_log_path", lambda *name, **how: tmp_path)
    monkeypatch.setattr(door.os, "dup2", lambda *files: None)  # pytest's own output stays open
    assert door.main(["songs"]) == code
    told = capfd.readouterr().err
    assert words in told
    assert len(told.splitlines()) == bool(words)


def test_the_details_of_a_fault_are_kept(monkeypatch, capfd, tmp_path):
    fail_with(monkeypatch, ValueError("seven legs"))
    monkeypatch.setattr("platformdirs.user_log_path", lambda *name, **how: tmp_path / "logs")
    door.main(["songs"])
    kept = tmp_path / "logs" / "kpopdance-fault.log"
    assert f"see {kept}" in capfd.readouterr().err
    assert "ValueError: seven legs" in kept.read_text()
    assert "Traceback" in kept.read_text()


def test_without_a_folder_for_logs_the_details_lie_with_what_is_temporary(
    monkeypatch, capfd, tmp_path
):
    blocked = tmp_path / "file"
    blocked.touch()
    fail_with(monkeypatch, ValueError("seven legs"))
    monkeypatch.setattr("platformdirs.user_log_path", lambda *name, **how: blocked / "logs")
    for folder in (tmp_path, blocked / "tmp"):
        with monkeypatch.context() as only_here:
            only_here.setattr("tempfile.gettempdir", lambda folder=folder: str(folder))
            door.main(["songs"])
    told = capfd.readouterr().err
    assert f"see {tmp_path / 'kpopdance-fault.log'}" in told
    assert "no place could be found" in told


def test_a_librarys_warning_is_a_line_of_the_log(monkeypatch, caplog):
    monkeypatch.setattr(songs, "run", lambda args: warnings.warn("old", stacklevel=1) or 0)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert door.main(["songs"]) == 0
    assert "old" in caplog.text
