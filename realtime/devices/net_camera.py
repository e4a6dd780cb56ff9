"""Network cameras through PyAV, whose reading ends in time, and why an address shows nothing."""

from __future__ import annotations

import base64
import re
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import av
import av.error

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.devices.host_clock import PerfClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

ADDRESSES: Final = ("http://", "https://", "rtsp://", "rtmp://", "udp://", "tcp://")
PORTS: Final = {"http": 80, "https": 443, "rtsp": 554, "rtmp": 1935}
OPEN_S, READ_S = 3.0, 2.0
ASK_S: Final = 2.0
"""Longest wait for each answer to the question why an address shows nothing."""
OK: Final = 200
MOST_HEAD: Final = 16384
MOST_PIXELS: Final = 1 << 25  # of a picture; no camera films more than 8K
FORMATS: Final = (
    "mpjpeg,mjpeg,rtsp,flv,live_flv,mpegts,h264,hevc,matroska,webm,mov,mp4,ogg,avi,asf,nut"
)
"""What a camera may send. Playlists are not among it: they would open other addresses."""
OPTIONS: Final = {
    "fflags": "nobuffer", "flags": "low_delay", "max_redirects": "0",
    "format_whitelist": FORMATS,
}  # fmt: skip
COMPARE: Final = N_("Start the camera's app and compare the address it shows.")
WAKE: Final = N_("Start the camera's app again, or wake the phone.")
DIRECTLY: Final = N_(
    "Use the address of the video itself, as the app shows it (often /video at the end)."
)


class Unreachable(Exception):
    """An address that shows nothing; ``health`` says why."""

    def __init__(self, health: Health) -> None:
        super().__init__(health.sentence)
        self.health = health


class NetReader:
    """One network camera, opened; fulfils the camera's Reader.

    Raises
    ------
    Unreachable
        At construction, where nothing can be read from the address.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._container: Any = av.open(address, timeout=(OPEN_S, READ_S), options=OPTIONS)
        except (OSError, ValueError, av.error.FFmpegError) as why:
            raise Unreachable(why_not(address, why)) from None
        try:
            self._packets = self._read()
            self._packet: Any = None
            self._hung = False
            if not self._container.streams.video:
                raise Unreachable(_no_film(address, _("sends no pictures")))
            for stream in self._container.streams.video:
                stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        except BaseException:
            self._container.close()
            raise

    def wait(self) -> bool:
        """Return whether another picture came; within ``READ_S``."""
        try:
            self._packet = next(self._packets, None)
        except av.error.ExitError:
            self._hung = True
            return False
        except (OSError, ValueError, av.error.FFmpegError):
            return False
        return self._packet is not None

    def picture(self) -> NDArray[np.uint8] | None:
        """Return the newest picture of what came, uint8 (H, W, 3) BGR; None: not a whole one yet."""
        image = None
        try:
            for picture in self._packet.decode():
                image = picture.to_ndarray(format="bgr24")
        except (ValueError, av.error.FFmpegError):  # a damaged one; the next may be whole
            return None
        return image

    def why_not(self) -> Health:
        """Return why no picture came."""
        if self._hung:
            return _hangs(self._address, _("stopped sending pictures"))
        sentence = _("Camera lost: {host} has hung up.", host=host_of(self._address))
        return Health("camera", Cause.LOST, sentence, WAKE)

    def close(self) -> None:
        """Hang up."""
        self._container.close()

    def _read(self) -> Iterator[Any]:
        for packet in self._container.demux(video=0):
            if packet.size:
                yield packet


def shown(address: str) -> str:
    """Return an address without the name and password in it."""
    return re.sub(r"//[^/@]*@", "//", address)


def host_of(address: str) -> str:
    """Return the computer that an address names."""
    return _split(address).hostname or shown(address)


def why_not(address: str, error: Exception) -> Health:
    """Return why nothing could be read from an address, asked of that address alone, in a few seconds.

    Parameters
    ----------
    address : str
    error : Exception
        What FFmpeg said of it.
    """
    parts = _split(address)
    if not parts.hostname:
        sentence = _("{address} is no address.", address=shown(address))
        return Health("camera", Cause.NO_ADDRESS, sentence, _("Write http://PHONE:PORT/video."))
    if parts.scheme == "udp":
        return _hangs(address, _("sends nothing"))
    try:
        connection = _connected(parts)
    except (OSError, UnicodeError) as why:  # a name with a part that is empty or too long
        return _no_address(parts, why)
    with connection:
        if parts.scheme in ("http", "https"):
            return _why_not_http(address, connection, error)
    if isinstance(error, av.error.ExitError):
        return _hangs(address, _("answers the call, but sends nothing"))
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return _status(address, _Answer(401, "", ""))
    if isinstance(error, av.error.HTTPNotFoundError):
        return _status(address, _Answer(404, "", ""))
    return _no_film(address, _("answers, but not with a film"))


@dataclass(frozen=True, slots=True)
class _Answer:
    """The head of an HTTP answer: its number, the kind of what follows, where it sends one on to."""

    status: int
    kind: str
    onward: str


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _connected(parts: SplitResult) -> socket.socket:
    port = parts.port or PORTS.get(parts.scheme, 80)
    connection = socket.create_connection((parts.hostname, port), ASK_S)
    if parts.scheme != "https":
        return connection
    context = ssl.create_default_context()
    context.check_hostname = False  # phones sign for themselves; nothing secret is asked here
    context.verify_mode = ssl.CERT_NONE
    try:
        return context.wrap_socket(connection)
    except OSError:
        connection.close()
        raise


def _no_address(parts: SplitResult, why: Exception) -> Health:
    host = parts.hostname
    port = parts.port or PORTS.get(parts.scheme, 80)
    if isinstance(why, socket.gaierror | UnicodeError):
        sentence = _("No computer or phone is called {host} in this network.", host=host)
    elif isinstance(why, ConnectionRefusedError):
        sentence = _(
            "{host} is there, but no camera answers at port {port}.", host=host, port=port
        )
    else:
        sentence = _("{host} does not answer at port {port}.", host=host, port=port)
    remedy = f"{_(COMPARE)} " + _("Both must be in the same network.")
    return Health("camera", Cause.NO_ADDRESS, sentence, remedy)


def _why_not_http(address: str, connection: socket.socket, error: Exception) -> Health:
    try:
        head = _asked(_split(address), connection)
    except OSError:
        return _hangs(address, _("answers the call, but sends nothing"))
    answer = _understood(head)
    if answer is None:
        return _no_film(address, _("answers, but not as a camera does"))
    if answer.status == OK and isinstance(error, av.error.ExitError):
        return _hangs(address, _("begins to answer, but sends no picture"))
    return _status(address, answer)


def _asked(parts: SplitResult, connection: socket.socket) -> bytes:
    """Return the head of the answer to a plain request; raises OSError where none comes in time."""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.0", f"Host: {parts.netloc.rpartition('@')[2]}"]
    if parts.username is not None:
        words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"Authorization: Basic {base64.b64encode(words.encode()).decode()}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode("utf-8", "replace"))
    clock = PerfClock()
    head, begun_s = b"", clock.now()
    while b"\r\n\r\n" not in head and len(head) < MOST_HEAD:
        connection.settimeout(max(0.01, ASK_S - (clock.now() - begun_s)))
        more = connection.recv(4096)
        if not more:
            break
        head += more
    return head


def _understood(head: bytes) -> _Answer | None:
    text = head.partition(b"\r\n\r\n")[0].decode("latin-1")
    first = re.match(r"(?:HTTP/[\d.]+|ICY) (\d{3})\b", text)
    if first is None:
        return None
    fields = {
        k.strip().lower(): v.strip()
        for k, _, v in (line.partition(":") for line in text.splitlines())
    }
    return _Answer(int(first[1]), fields.get("content-type", ""), fields.get("location", ""))


def _status(address: str, answer: _Answer) -> Health:
    """Return what an HTTP answer means to a player."""
    host, status = host_of(address), answer.status
    if status in (401, 403, 407):
        sentence = _("{host} wants a name and a password ({status}).", host=host, status=status)
        remedy = _("Write them into the address: http://NAME:PASSWORD@...")
        return Health("camera", Cause.REFUSED, sentence, remedy)
    if 300 <= status < 400:
        sentence = _(
            "{host} only points to another address ({there}).",
            host=host, there=shown(answer.onward) or status,
        )  # fmt: skip
        return Health(
            "camera", Cause.NO_ADDRESS, sentence, _("Give that one, if you trust it.")
        )
    if 400 <= status < 500:
        sentence = _(
            "{host} is there, but has nothing under this address ({status}).",
            host=host,
            status=status,
        )
        return Health("camera", Cause.NO_ADDRESS, sentence, COMPARE)
    if status >= 500:
        sentence = _(
            "{host} refuses to show its pictures now ({status}).", host=host, status=status
        )
        remedy = _("Close other programs that watch it, and start the camera's app again.")
        return Health("camera", Cause.REFUSED, sentence, remedy)
    return _no_film(address, _sent_instead(answer.kind))


def _sent_instead(kind: str) -> str:
    if kind.startswith("text/html"):
        return _("shows a web page instead of a film")
    if kind.startswith("image/"):
        return _("sends one single picture instead of a film")
    if kind.startswith("multipart/"):
        return _("sends pictures that cannot be read")
    return _("sends something that is no film")


def _no_film(address: str, what: str) -> Health:
    return Health(
        "camera",
        Cause.NO_FILM,
        _("{address} {what}.", address=shown(address), what=what),
        DIRECTLY,
    )


def _hangs(address: str, what: str) -> Health:
    return Health(
        "camera", Cause.HANGS, _("{address} {what}.", address=host_of(address), what=what), WAKE
    )
