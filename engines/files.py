"""What may be written where: files appear whole or not at all, and nothing takes another's place.

One rule for all of the program. What the game keeps for itself (its own folder, its caches) is
replaced by ``write_whole``. What is written where a player says so gets its place by ``hand_over``:
what stood there before stays beside it under a name that was free. A damaged file is set aside in the
same way. Nothing is ever removed but part files and, by ``thin_out``, the oldest of what only spares
time. Whether a place can be written to is asked before the work, by ``check_file`` and
``check_folder``. What refuses in the end is told by ``refusing``, in the same words.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
from contextlib import contextmanager, suppress
from filecmp import cmp
from itertools import chain, count
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

PART: Final = re.compile(r"\.part-[0-9a-f]{8}(\..*)?")
STALE_S: Final = 86_400.0  # a part that nobody has written to for a day is a killed program's
ENDING_BYTES: Final = 32
"""A longer ending is no kind of file, and would make a part's name too long."""
STEM_BYTES: Final = 200  # of a name that gets a word more: 255 is the most
REASONS: Final = {
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EFBIG: N_("the disk is full"),
    errno.EROFS: N_("nothing may be written there"),
    errno.EACCES: N_("nothing may be written there"),
    errno.EPERM: N_("nothing may be written there"),
    errno.ENOTDIR: N_("a file is where the folder should be"),
    errno.EEXIST: N_("a file is where the folder should be"),
}
PROBE_BYTES: Final = 65_536  # what a full disk refuses even where it makes an empty file


def part_of(path: Path) -> Path:
    """Return a name beside the path, of the same kind, that no other program writes to."""
    return path.with_name(f".part-{token_hex(4)}{_ending(path)}")


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give a name to write to; the file then takes the path's place, or is gone after a failure."""
    part = part_of(path)
    try:
        with naming(path):
            yield part
            part.replace(path)
    finally:
        discard(part)


def discard(part: Path) -> None:
    """Remove a part, if it is there: why it could not be written matters more than that it is not."""
    with suppress(FileNotFoundError, NotADirectoryError):
        part.unlink()


def write_whole(path: Path, data: bytes | str) -> None:
    """Replace a file of the game's own; a failure (OSError) leaves what was there before."""
    with appearing(path) as part:
        _write(part, data)


def write_beside(path: Path, data: bytes | str) -> None:
    """Write a player's file whole; what stood there is kept, see ``hand_over``. May raise OSError."""
    part = part_of(path)
    try:
        with naming(path):
            _write(part, data)
            hand_over(part, path)
    finally:
        discard(part)


def hand_over(part: Path, path: Path) -> None:
    """Give a finished part its name; a file that has that name is kept beside it, and that is said.

    Where both hold the same, nothing is kept.
    """
    kept = None
    if os.path.lexists(path) and not (path.is_file() and cmp(part, path, shallow=False)):
        kept = move_to_free(path, _numbered(path, ".before", _ending(path)))
        log.warning("%s: was there already; what it was is kept as %s", path, kept.name)
    try:
        part.replace(path)
    except OSError:
        if kept is not None:
            kept.replace(path)
        raise


def move_to_free(path: Path, names: Iterable[Path]) -> Path:
    """Rename a file to the first of the names that is free, also when others do the same; return it."""
    for name in names:
        try:
            os.link(path, name)
        except FileExistsError:
            continue
        except OSError:  # no second names on this disk (FAT), or no such file
            if os.path.lexists(name):
                continue
            path.rename(name)
        else:
            path.unlink(missing_ok=True)
        return name
    raise FileExistsError(_("{path}: no name is free beside it", path=path))


def set_aside(path: Path, why: Exception) -> Path | None:
    """Rename a damaged file, so that nothing in it is lost when a new one is written; say so.

    Returns its new name; None where another program was faster, or it must stay.
    """
    try:
        aside = move_to_free(path, _numbered(path, ".damaged", ""))
    except FileNotFoundError:  # another program was faster
        return None
    except OSError as refused:
        log.warning("%s: is damaged (%s), cannot be set aside (%s)", path, why, refused)
        return None
    log.warning("%s: is damaged (%s); set aside as %s", path, why, aside.name)
    return aside


def _ending(path: Path) -> str:
    return path.suffix if len(os.fsencode(path.suffix)) <= ENDING_BYTES else ""


def _numbered(path: Path, word: str, ending: str) -> Iterator[Path]:
    """Return names made of a file's: ``film.before.mp4``, ``film.before-2.mp4`` ..."""
    words = chain([word], (f"{word}-{number}" for number in count(2)))
    stem = os.fsencode(path.name.removesuffix(_ending(path)))[:STEM_BYTES].decode(
        errors="ignore"
    )
    return (path.with_name(f"{stem}{each}{ending}") for each in words)


def _write(part: Path, data: bytes | str) -> None:
    part.write_bytes(data.encode() if isinstance(data, str) else data)


def reason_of(why: Exception) -> str:
    """Return why something could not be written, in a player's words; FFmpeg's errors are known too."""
    number, words = getattr(why, "errno", None), getattr(why, "strerror", None)
    return _(REASONS.get(number or 0, "")) or str(words or why)


def unwritten(path: Path, why: Exception) -> str:
    """Return the one sentence on a file or folder that cannot be written."""
    return _(
        "{path}: cannot be written ({why}); check the folder, its rights and its space",
        path=path, why=reason_of(why),
    )  # fmt: skip


@contextmanager
def refusing(path: Path, error: type[DanceError] = DanceError) -> Iterator[None]:
    """Turn what the system says against writing into a sentence."""
    try:
        yield
    except OSError as why:
        raise error(unwritten(path, why)) from None


def check_file(path: Path, *, inputs: Iterable[Path] = (), needs_bytes: int = 0) -> None:
    """Refuse a file that could not be written, before the work that leads to it.

    Parameters
    ----------
    path : Path
        What is to be written.
    inputs : iterable of Path
        Files that are read for it: none of them may be it.
    needs_bytes : int
        How large it will be at least.

    Raises
    ------
    DanceError
        One sentence that names the path.
    """
    with refusing(path):
        if path.is_dir():
            raise DanceError(_("{path}: is a folder; name the file to write", path=path))
        if path.exists() and not path.is_file():
            raise DanceError(
                _("{path}: is a device or a pipe; name a file to write", path=path)
            )
        if any(_same(path, one) for one in inputs):
            raise DanceError(_("{path}: is the input itself; write to another name", path=path))
        if not path.parent.is_dir():
            raise DanceError(
                _(
                    "{path}: there is no folder {parent}; make it first",
                    path=path,
                    parent=path.parent,
                )
            )
        with suppress(FileNotFoundError):
            path.lstat()  # refuses a name that is too long
        _probe(path, path.parent, needs_bytes)


def check_folder(folder: Path, *, needs_bytes: int = 0) -> None:
    """Refuse a folder that could not be made or written into; see ``check_file``."""
    with refusing(folder):
        nearest = next(
            (one for one in (folder, *folder.parents) if os.path.lexists(one)), folder
        )
        if not nearest.is_dir():
            where = "it" if nearest == folder else nearest
            raise DanceError(
                _(
                    "{folder}: cannot be written ({where} is no folder); choose another place",
                    folder=folder,
                    where=where,
                )
            )
        for name in folder.parts:
            with suppress(FileNotFoundError):
                (nearest / name).lstat()  # refuses a name that is too long
        _probe(folder, nearest, needs_bytes)


def _probe(path: Path, folder: Path, needs_bytes: int) -> None:
    """Write a little into a folder and take it away again, with what killed programs left."""
    part = part_of(folder / "probe")
    try:
        part.write_bytes(bytes(PROBE_BYTES))
        sweep(folder, part.stat().st_mtime)
    finally:
        discard(part)
    free = shutil.disk_usage(folder).free
    if free < needs_bytes:
        raise DanceError(
            _(
                "{path}: cannot be written (it takes {needs} at least, {free} are free "
                "there); make room or choose another place",
                path=path,
                needs=_megabytes(needs_bytes),
                free=_megabytes(free),
            )
        )


def sweep(folder: Path, now_s: float) -> None:
    """Remove what killed programs left in a folder; ``now_s`` is when a file was just written to it.

    The disk's own time is compared: a clock that was set, or another computer's, does no harm.
    """
    for old in folder.glob(".part-*"):
        with suppress(OSError):
            if PART.fullmatch(old.name) and now_s - old.stat().st_mtime > STALE_S:
                _clear(old)


def thin_out(folder: Path, names: re.Pattern[str], *, most_files: int, most_bytes: int) -> None:
    """Remove the oldest files of a folder of ours, among those so named, beyond a number or a size."""
    files = []
    for path in folder.iterdir():
        with suppress(OSError):
            if names.fullmatch(path.name):
                told = path.lstat()
                files.append((told.st_mtime, told.st_size, path))
    files.sort(reverse=True)
    together = 0
    for number, (_when, size, path) in enumerate(files, 1):
        together += size
        if number > 1 and (number > most_files or together > most_bytes):
            with suppress(OSError):
                path.unlink()


def _clear(part: Path) -> None:
    """Remove a part file, or the folder of part files of a song pack."""
    if part.is_symlink() or not part.is_dir():
        part.unlink()
        return
    for each in part.iterdir():
        each.unlink()
    part.rmdir()


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let what goes wrong name the player's path, not the part's."""
    try:
        yield
    except OSError as why:
        if why.errno is None:
            raise
        raise OSError(why.errno, why.strerror, str(path)) from None


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
