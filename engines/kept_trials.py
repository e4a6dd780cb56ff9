"""What trials found here, kept beside the caches: read again at every start, until something changes."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from kpopdance.engines.files import reason_of, write_whole
from kpopdance.engines.trials import Result, Way  # noqa: TC001 - read when a file is checked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

log = logging.getLogger(__name__)

FILE: Final = "runtimes.json"
TRYING: Final = "trying.json"
MOST_BYTES: Final = 256 * 1024  # of the file; a network's results have about one
MOST_NETWORKS: Final = 32  # of a player's own, those not used for longest are forgotten
PACKAGES: Final = (
    "openvino", "onnxruntime", "onnxruntime-ep-webgpu", "tensorrt-cu13", "tensorrt-rtx-cu13",
)  # fmt: skip
DISPLAYS: Final = (
    r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
)
"""Where Windows lists its graphics cards, with their drivers' versions."""
CPU_FACTS: Final = Path("/proc/cpuinfo")
DEVICES: Final = Path("/dev")
NVIDIA: Final = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True, slots=True)
class Kept:
    """One network's results, and what they hold for."""

    circumstances: str
    results: tuple[Result, ...]


def circumstances(model: Path) -> str:
    """Return all that the results depend on, in words: the network's file, libraries, the computer."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()[:16]
    libraries = [f"{name} {_version(name)}" for name in PACKAGES]
    where = (platform.platform(), processor(), f"{os.cpu_count()} cores", *graphics())
    return ", ".join((f"{model.name} {digest}", *libraries, *where))


def read(folder: Path, network: str, there: str, ways: Collection[Way]) -> tuple[Result, ...]:
    """Return the results kept of a network; none where there are none, or they hold no longer."""
    kept = _read(folder / FILE).get(network)
    if kept is None or kept.circumstances != there:
        return ()
    return kept.results if {one.way for one in kept.results} <= set(ways) else ()


def keep(folder: Path, network: str, kept: Kept) -> None:
    """Keep a network's results; where that cannot be, they are found again at the next start."""
    path = folder / FILE
    known = _read(path)
    known.pop(network, None)
    known = dict(list(known.items())[-MOST_NETWORKS + 1 :]) | {network: kept}
    try:
        write_whole(path, msgspec.json.format(msgspec.json.encode(known)))
    except OSError as why:
        log.warning("%s: what is fastest here cannot be kept (%s)", path, reason_of(why))


def keep_failure(folder: Path, network: str, way: Way, why: str) -> None:
    """Remember that a way failed while it was used, so that the next start takes another."""
    kept = _read(folder / FILE).get(network)
    if kept is not None:
        results = tuple(
            replace(one, ms=None, why=why) if one.way == way else one for one in kept.results
        )
        keep(folder, network, replace(kept, results=results))


@contextmanager
def trying(folder: Path, network: str, way: Way) -> Iterator[None]:
    """Leave a note of what is tried for as long as that takes: who finds it knows what ended us."""
    counts = _ends(folder)
    key = _key(network, way)
    _note_ends(folder, {**counts, key: counts.get(key, 0) + 1})
    try:
        yield
    finally:
        _note_ends(folder, counts)


def ended(folder: Path, network: str, way: Way) -> int:
    """Return how often the game ended while this was tried."""
    return _ends(folder).get(_key(network, way), 0)


def forget_ends(folder: Path, network: str) -> None:
    """Forget them, once they stand among a network's results."""
    counts = _ends(folder)
    left = {key: times for key, times in counts.items() if not key.startswith(f"{network}: ")}
    if left != counts:
        _note_ends(folder, left)


def known(folder: Path) -> dict[str, Kept]:
    """Return all results that are kept, whatever they hold for."""
    return _read(folder / FILE)


def _read(path: Path) -> dict[str, Kept]:
    """Return what a file holds; nothing where it is damaged, foreign or too large: it is made again."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES // 1024} KB")
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Kept])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as why:
        log.info("%s: not used (%s); the runtimes are tried again", path, why)
        return {}


def _key(network: str, way: Way) -> str:
    return f"{network}: {way.runtime} {way.threads}"


def _ends(folder: Path) -> dict[str, int]:
    """Return how often the game ended in each trial; what is no such file is as none."""
    path = folder / TRYING
    with suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= MOST_BYTES:
            return msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    return {}


def _note_ends(folder: Path, counts: dict[str, int]) -> None:
    """Write them down; where that cannot be, nobody is warned at the next start."""
    path = folder / TRYING
    try:
        if counts:
            write_whole(path, msgspec.json.encode(counts))
        else:
            path.unlink(missing_ok=True)
    except OSError as why:
        log.info("%s: not written (%s)", path, reason_of(why))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def processor() -> str:
    """Return the processor's name, as well as it can be had."""
    try:
        lines = CPU_FACTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def graphics() -> list[str]:
    """Return graphics cards and drivers as far as the system tells of them without waking any.

    The others' drivers are the kernel's or macOS' own, whose versions ``platform`` tells.
    """
    nodes = [
        path.name for path in sorted((*DEVICES.glob("dri/render*"), *DEVICES.glob("accel/*")))
    ]
    try:
        nvidia = NVIDIA.read_text(encoding="utf-8", errors="replace").splitlines()[:1]
    except OSError:
        nvidia = []
    return [*nodes, *nvidia, *_windows_graphics()]


def _windows_graphics() -> list[str]:
    told: list[str] = []
    if sys.platform == "win32":
        import winreg

        names = ("DriverDesc", "DriverVersion")
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, DISPLAYS) as displays:
            for number in range(winreg.QueryInfoKey(displays)[0]):
                with (
                    suppress(OSError),  # some of these keys may be read by nobody
                    winreg.OpenKey(displays, winreg.EnumKey(displays, number)) as card,
                ):
                    told.append(" ".join(str(winreg.QueryValueEx(card, n)[0]) for n in names))
    return told
