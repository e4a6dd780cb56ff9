"""Webcams through OpenCV: listed, found by name, read, and asked why they do not open."""

from __future__ import annotations

import errno
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from cv2_enumerate_cameras import enumerate_cameras

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import Cause, Health

if TYPE_CHECKING:
    from numpy.typing import NDArray

OTHER: Final = N_("Close other programs that use it, or plug it into another socket.")
ALLOW: Final = {
    "Linux": N_("Type: sudo usermod -aG video $USER, then log out and in again."),
    "Darwin": N_("Allow it in System Settings, Privacy & Security, Camera."),
    "Windows": N_("Allow it in Settings, Privacy, Camera."),
}


class CameraError(DanceError):
    """There is no such camera."""


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """One camera the system lists."""

    index: int
    name: str


class WebcamReader:
    """One webcam, opened; fulfils the camera's Reader."""

    def __init__(self, index: int, size: tuple[int, int], fps: int) -> None:
        self._capture = capture = cv2.VideoCapture(index, _backend())
        # MJPG before the size: raw pictures of 1280x720 come at 10 fps over USB 2
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._index = index
        self._came = False

    def wait(self) -> bool:
        """Return whether another picture came."""
        return self._capture.grab()

    def picture(self) -> NDArray[np.uint8] | None:
        """Return the picture that came, uint8 (H, W, 3) BGR."""
        got, image = self._capture.retrieve()
        if not got or image is None:
            return None
        self._came = True
        return np.asarray(image, dtype=np.uint8)

    def why_not(self) -> Health:
        """Return why no picture came."""
        if self._came:
            return Health(
                "camera", Cause.LOST, _("Camera lost: it sends no pictures any more."),
                _("Look whether its cable is loose."),
            )  # fmt: skip
        return why_not(self._index)

    def close(self) -> None:
        """Release the webcam."""
        self._capture.release()


def why_not(index: int) -> Health:
    """Return why a webcam does not open."""
    if platform.system() != "Linux":
        remedy = f"{_(OTHER)} {_(ALLOW.get(platform.system(), ''))}".strip()
        return Health(
            "camera",
            Cause.NEVER_OPENED,
            _("Camera {index} does not open.", index=index),
            remedy,
        )
    path = f"/dev/video{index}"
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
    except OSError as why:
        return _refusal(index, why.errno)
    users = [name for name in _users_of(path) if name]
    if users:
        sentence = _(
            "Camera {index} is in use by another program ({users}).",
            index=index, users=", ".join(users),
        )  # fmt: skip
        return Health("camera", Cause.REFUSED, sentence, _("Close that program."))
    return Health(
        "camera", Cause.NEVER_OPENED, _("Camera {index} sends no picture.", index=index), OTHER
    )


def _refusal(index: int, number: int | None) -> Health:
    """Return what an error number of opening a device means."""
    if number in (errno.EACCES, errno.EPERM):
        sentence = _("You are not allowed to use camera {index}.", index=index)
        return Health("camera", Cause.REFUSED, sentence, ALLOW["Linux"])
    if number == errno.EBUSY:
        sentence = _("Camera {index} is in use by another program.", index=index)
        return Health("camera", Cause.REFUSED, sentence, _("Close that program."))
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        sentence = _("Camera {index} is not plugged in.", index=index)
        return Health(
            "camera", Cause.NEVER_OPENED, sentence, _("Plug it in, or choose another.")
        )
    return Health(
        "camera", Cause.NEVER_OPENED, _("Camera {index} does not open.", index=index), OTHER
    )


def _users_of(path: str) -> list[str]:
    """Return the names of other programs of this player that hold a device open."""
    names = set()
    for held in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(held.readlink()) == path and held.parts[2] != str(os.getpid()):
                names.add((held.parent.parent / "comm").read_text().strip())
        except OSError:  # somebody else's program, or one that has just ended
            continue
    return sorted(names)


def camera_index(source: str) -> int:
    """Return the index of a camera named by number, device path or (part of) its name.

    Raises
    ------
    CameraError
        Where the system lists no such camera.
    """
    found = list_cameras()
    if source.isdecimal():
        index = int(source)
    elif source.startswith("/dev/video") and source[10:].isdecimal():
        index = int(source[10:])
    else:
        matches = [camera.index for camera in found if source.lower() in camera.name.lower()]
        index = matches[0] if matches else -1
    listed = platform.system() != "Linux" or any(camera.index == index for camera in found)
    if index < 0 or not listed:
        names = ", ".join(f"{camera.index} ({camera.name})" for camera in found) or "none"
        raise CameraError(
            _(
                "There is no camera {source!r}; found: {names}. Plug one in, choose another one, or "
                "let a phone be the camera.",
                source=source,
                names=names,
            )
        )
    return index


def list_cameras() -> list[FoundCamera]:
    """Return the cameras that the system lists and pictures can be read from, in order."""
    found = enumerate_cameras(_backend())
    return sorted(
        (FoundCamera(one.index, one.name) for one in found), key=lambda one: one.index
    )


def _backend() -> int:
    backends = {"Linux": cv2.CAP_V4L2, "Windows": cv2.CAP_DSHOW, "Darwin": cv2.CAP_AVFOUNDATION}
    return backends.get(platform.system(), cv2.CAP_ANY)
