"""What the set-up page asks of the world: cameras looked through, outputs named, settings written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.dance.kit import Fitting, NamedCamera
from kpopdance.realtime.library.settings_writer import write_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from kpopdance.realtime.commands.cameras import Cameras
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.devices.sound_system import Kind
    from kpopdance.realtime.devices.webcam import FoundCamera
    from kpopdance.realtime.library.settings_writer import Value


def fitting_of(cameras: Cameras, file: Path | None = None, *, first: bool = False) -> Fitting:
    """Return it; ``file`` is the settings file that was named, None the usual one."""

    def keep(changes: Mapping[str, Value]) -> None:
        write_settings(changes, file)

    return Fitting(
        _cameras, cameras.peek, cameras.watch, _outputs, keep, _found, _microphones, first=first
    )


def _cameras() -> tuple[NamedCamera, ...]:
    """Return the webcams; set by their names where those tell them apart, for numbers change."""
    from kpopdance.realtime.devices.webcam import list_cameras

    found = list_cameras()
    names = [camera.name.lower() for camera in found]

    def source_of(camera: FoundCamera) -> str:
        meant = sum(camera.name.lower() in name for name in names)
        told_apart = meant == 1 and camera.name.strip() and not camera.name.isdecimal()
        return camera.name if told_apart else str(camera.index)

    return tuple(NamedCamera(source_of(one), one.name, str(one.index)) for one in found)


def _outputs() -> tuple[str, ...]:
    return _sound_devices("output")


def _microphones() -> tuple[str, ...]:
    return _sound_devices("input")


def _sound_devices(kind: Kind) -> tuple[str, ...]:
    from kpopdance.realtime.devices.sound_system import list_sound_devices

    try:
        found = list_sound_devices(kind)
    except DanceError:  # told where it sounds, or listens
        return ()
    names = [device.name for device in found]
    return tuple(dict.fromkeys(
        one.name if names.count(one.name) == 1 else f"{one.name}, {one.system}" for one in found
    ))  # fmt: skip


def _found(kit: Kit) -> dict[str, dict[str, Any]]:
    from kpopdance.realtime.commands.doctor import (
        found_while_playing,
    )  # loads what it looks for

    return found_while_playing(kit)
