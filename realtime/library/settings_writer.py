"""The settings file, written by the game: what a hand wrote there stays, comments and order too."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from kpopdance.engines.files import appearing, refusing
from kpopdance.engines.texts import content_of, decoded, encoded_as, told_by
from kpopdance.engines.tongues import _
from kpopdance.realtime.library.settings import RENAMED, SettingsError, settings_file
from kpopdance.realtime.library.store import store_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

Value: TypeAlias = str | int | float | bool | tuple[str, ...]
BUSY_S: Final = 5.0  # so long another program's writing is waited for
FIRST: Final = "# Written by the game; every key is explained in docs/settings.md.\n"


def write_settings(changes: Mapping[str, Value], path: Path | None = None) -> None:
    """Write these keys' values into a settings file, the usual one if none is named; the rest stays.

    Raises
    ------
    SettingsError
        Where it cannot be written; then it is as it was.
    """
    file = path or settings_file()
    with refusing(file, SettingsError):
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = file.resolve()  # what a link leads to is written, and the link stays
        if whole.exists() and not os.access(whole, os.W_OK):
            raise SettingsError(
                _("{file}: is write-protected; allow writing, or change it by hand", file=file)
            )
        with _one_program():
            _write(whole, file, changes)


def _write(whole: Path, named: Path, changes: Mapping[str, Value]) -> None:
    there = whole.exists()
    try:
        content = content_of(whole) if there else FIRST.encode()
        text = changed(content, changes)
    except ValueError as why:
        raise SettingsError(
            _("{named}: {why}; correct or remove it", named=named, why=why)
        ) from None
    with appearing(whole) as part:
        part.write_bytes(encoded_as(content, text))
        if there:
            shutil.copymode(whole, part)  # an address in it may hold a password


def changed(content: bytes, changes: Mapping[str, Value]) -> str:
    """Return the text of a settings file with other values of these keys; raises like ``toml_in``."""
    import tomlkit  # not for every start

    told_by(content)  # bounded, and TOML
    document = tomlkit.parse(decoded(content))
    for key, value in changes.items():
        names = [name for name in (key, *_older(key)) if name in document]
        for name in names or [key]:
            document[name] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(document)


def _older(key: str) -> list[str]:
    """Return what a key was called before."""
    return [older for older, name in RENAMED.items() if name == key]


@contextmanager
def _one_program() -> Iterator[None]:
    """Let one program at a time read and write again; one that is killed holds nobody up."""
    lock = store_file().with_name("settings.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = sqlite3.connect(lock, timeout=BUSY_S, isolation_level=None)
    except (OSError, sqlite3.Error) as why:
        log.info("%s: no lock (%s)", lock, why)
        yield
        return
    with closing(held):
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as why:
            log.info("%s: no lock (%s)", lock, why)
        yield
