"""kpopdance doctor: what was found on this computer, and what to do about what is missing."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.errors import DanceError, NetworkError
from kpopdance.engines.gpu.probe import NoDriver, probe_gpu
from kpopdance.engines.kept_trials import known
from kpopdance.engines.tongues import _
from kpopdance.engines.version import our_version
from kpopdance.realtime.commands.cameras import DANCER, request_of
from kpopdance.realtime.commands.common import cache_folder, wished_eyes
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.core.health import Cause
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.library.pack_reader import pack_folders, read_facts
from kpopdance.realtime.library.settings import Settings, SettingsError, settings_file
from kpopdance.realtime.library.songpack import SongPackError
from kpopdance.realtime.pose.looks import close_looks
from kpopdance.realtime.pose.watcher import seen_closely

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.dance.kit import Kit

CROP: Final = (256, 256)
IMAGE: Final = np.zeros((480, 640, 3), dtype=np.uint8)
MIDDLE: Final = (80.0, 0.0, 560.0, 480.0)
RUNS: Final = 9
GPU_INSTALL: Final = "pip install 'kpopdance[rtx]'"


def run(args: argparse.Namespace) -> int:
    """Look and tell; return 0, or 2 where nothing could be danced here."""
    settings, settings_entry = _settings(args)
    found = {
        "game": _game(),
        "network": _network(lambda: wished_eyes(settings)),
        "gpu": _gpu(),
        "camera": _camera(settings),
        "sound": _sound(settings),
        "screen": _screen(),
        "songs": _songs(settings),
        "settings": settings_entry,
    }
    if args.json:
        print_json(found)
    else:
        print_result("\n".join(_line(name, entry) for name, entry in found.items()))
    return 0 if found["network"].get("found") else 2


def found_while_playing(kit: Kit) -> dict[str, dict[str, Any]]:
    """Return the same of a game that goes on: with its networks and its camera, which stay open."""
    settings, state = kit.settings, kit.camera_health()
    return {
        "game": _game(),
        "network": _network(lambda: kit.eyes),
        "gpu": _gpu(),
        "camera": _told(state, _("{camera} is well", camera=settings.camera)),
        "sound": _sound(settings),
        "songs": _songs(settings),
        "settings": _settings_entry(None),
    }


def _game() -> dict[str, Any]:
    system = f"{platform.system()} {platform.machine()}"
    return {"found": _(
        "kpopdance {version}, Python {python}, {system}, {cores} cores",
        version=our_version(), python=platform.python_version(), system=system,
        cores=os.cpu_count(),
    )}  # fmt: skip


def _settings(args: argparse.Namespace) -> tuple[Settings, dict[str, Any]]:
    """Return the settings, the defaults where they cannot be read, and what to tell of them."""
    try:
        settings = settings_from(args)
    except SettingsError as why:
        return Settings(), {"found": "", "todo": str(why)}
    return settings, _settings_entry(args.settings)


def _settings_entry(named: Path | None) -> dict[str, Any]:
    usual = settings_file()
    words = (
        str(usual)
        if usual.is_file()
        else _("defaults (F1 in the game changes them, in {file})", file=usual)
    )
    return {"found": str(named or words)}


def _line(name: str, entry: dict[str, Any]) -> str:
    mark = "ok " if entry.get("found") else "-- "
    lines = [f"{mark}{name:<9} {entry.get('found') or entry.get('what') or _('not found')}"]
    lines += [f"             {each}" for each in _tried_words(entry.get("tried", {}))]
    if entry.get("todo"):
        lines.append(f"             -> {entry['todo']}")
    return "\n".join(lines)


def _network(open_eyes: Callable[[], Eyes]) -> dict[str, Any]:
    clock = PerfClock()
    runtimes = [f"{name} {_installed(name)}" for name in ("openvino", "onnxruntime")]
    try:
        eyes = open_eyes()
        crop_ms = _median_ms(lambda: eyes.everybody.see(IMAGE, region=None, size=CROP), clock)
        person_ms = sum(
            _median_ms(partial(seen_closely, eyes.close[name], IMAGE, MIDDLE), clock)
            for name in close_looks(eyes.close, unhurried=False)
        )
    except DanceError as why:
        return {"found": "", "todo": str(why), "runtimes": runtimes}
    ms = {"crop_ms": round(crop_ms, 1)}
    took = f"{crop_ms:.0f} ms"
    if person_ms:
        ms["person_ms"] = round(person_ms, 1)
        took = f"{crop_ms:.0f} + {person_ms:.0f} ms"
    slow = _('choose network = "lightning" in the settings') if min(ms.values()) > 45 else ""
    words = _(
        "{network} on {runtime}, {took} a dancer",
        network=eyes.name,
        runtime=eyes.runtime,
        took=took,
    )
    return {
        "found": words, "todo": slow, "reason": eyes.reason, "runtimes": runtimes,
        "tried": _tried(),
    } | ms  # fmt: skip


def _tried() -> dict[str, list[dict[str, Any]]]:
    """Return what every runtime that was tried here takes of each network, or why it is not used."""
    return {
        network: [asdict(result) for result in kept.results]
        for network, kept in known(cache_folder()).items()
    }


def _tried_words(tried: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [
        f"{network}: " + "; ".join(
            f"{one['words'] or one['runtime']} "
            + (_("not used because {why}", why=one["why"]) if one["why"] else f"{one['ms']:.0f} ms")
            for one in results
        )
        for network, results in tried.items()
    ]  # fmt: skip


def _median_ms(look: Callable[[], object], clock: PerfClock) -> float:
    took = []
    for _try in range(RUNS):
        began = clock.now()
        look()
        took.append(clock.now() - began)
    return median(took[1:]) * 1000


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _("not installed")


def _gpu() -> dict[str, Any]:
    try:
        gpu = probe_gpu()
    except NoDriver:
        return {"found": _("no NVIDIA GPU; none is needed")}
    except NetworkError as why:
        return {"found": "", "todo": str(why)}
    needs = {
        "TensorRT": ("tensorrt", "tensorrt_rtx"), "a layer to the GPU": ("pycuda", "cuda"),
    }  # fmt: skip
    have = {what: [n for n in names if find_spec(n)] for what, names in needs.items()}
    missing = [what for what, names in have.items() if not names]
    words = f"{gpu.name}, compute capability {gpu.capability}, CUDA {gpu.driver}"
    there = ", ".join(name for names in have.values() for name in names)
    return {
        "found": f"{words} ({there or _('nothing installed for it')})",
        "todo": _("{parts} missing; {install}", parts=", ".join(missing), install=GPU_INSTALL)
        if missing
        else "",
    }


def _camera(settings: Settings) -> dict[str, Any]:
    """Watch the camera that is set for some seconds; tell what else there is."""
    from kpopdance.realtime.devices.camera import LiveCamera, watched_for_a_while
    from kpopdance.realtime.devices.webcam import CameraError, list_cameras

    source = settings.camera
    there = [f"{camera.index} ({camera.name})" for camera in list_cameras()]
    entry = {"chosen": source, "there": there}
    if source == DANCER or Path(source).is_file():
        return {"found": _("{camera}, a demo: nobody is scored", camera=source)} | entry
    clock = PerfClock()
    try:
        camera = LiveCamera(request_of(settings, source), clock)
    except CameraError as why:
        return {"found": "", "todo": str(why), "cause": Cause.NEVER_OPENED} | entry
    state = watched_for_a_while(camera, clock)
    camera.close()
    size = f"{state.size[0]}x{state.size[1]}" if state.size else _("no picture yet")
    sends = _("{camera} sends {size}", camera=state.name, size=size)
    if state.fps:
        sends = _(
            "{camera} sends {size} at {fps:.0f} a second",
            camera=state.name,
            size=size,
            fps=state.fps,
        )
    return _told(state.health, sends) | entry


def _sound(settings: Settings) -> dict[str, Any]:
    """Open the sound that is set for a moment; tell what else there is."""
    from kpopdance.realtime.devices.sound import sound_health

    health, devices = sound_health(PerfClock(), settings.sound_device or None)
    names = [f"{device.name}{' (default)' if device.is_default else ''}" for device in devices]
    chosen = settings.sound_device or _("the usual output")
    entry = {"chosen": settings.sound_device, "there": names}
    return (
        _told(
            health,
            _("{output} plays; there are {names}", output=chosen, names=", ".join(names)),
        )
        | entry
    )


def _told(health: Health, well: str) -> dict[str, Any]:
    """Return what is to be said of a device that was opened."""
    if health.well:
        return {"found": well, "cause": health.cause}
    return {
        "found": "", "what": _(health.sentence), "todo": _(health.remedy), "cause": health.cause,
    }  # fmt: skip


def _screen() -> dict[str, Any]:
    from kpopdance.realtime.devices.window import GameWindow, NoScreen

    try:
        window = GameWindow("kpopdance doctor", (640, 360))
    except NoScreen as why:
        return {"found": "", "todo": str(why)}
    words = _("a window opens ({driver})", driver=window.driver)
    window.close()
    return {"found": words}


def _songs(settings: Settings) -> dict[str, Any]:
    names = []
    for folder in pack_folders(settings.libraries):
        names.append(folder.name)
        with suppress(SongPackError):  # kpopdance songs tells it
            read_facts(folder)  # which says what is unknown in its song.toml
    todo = " ".join(settings.missing_libraries) or (
        "" if names else _("record one: kpopdance record VIDEO")
    )
    return {"found": f"{len(names)}: {', '.join(names)}" if names else "", "todo": todo}
