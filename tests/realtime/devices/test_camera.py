from __future__ import annotations

import platform
import socket
import threading
from time import perf_counter

import cv2
import numpy as np
import pytest
from cv2_enumerate_cameras import CameraInfo

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import Cause
from kpopdance.realtime.devices.camera import RATE_S, CameraRequest, LiveCamera, rate
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.webcam import CameraError, camera_index, list_cameras
from tests.waiting import until

SIZE = (320, 240)
FPS = 50
BITS = 12


def numbered(n):
    """A JPEG that shows its number in twelve black or white blocks."""
    image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    for bit in range(BITS):
        image[100:140, 10 + 25 * bit : 30 + 25 * bit] = 255 * (n >> bit & 1)
    return cv2.imencode(".jpg", image)[1].tobytes()


def number_of(frame):
    return sum(int(frame.image[120, 20 + 25 * bit].mean() > 127) << bit for bit in range(BITS))


@pytest.mark.parametrize("fps", [1.0, 3.0, 7.9, 30.0])
def test_the_rate_is_that_of_the_last_seconds(fps):
    fast = np.arange(-200, 0) / 100.0
    times = [*fast, *np.arange(0.0, 10.0, 1 / fps)]
    assert rate(times, times[-1]) == pytest.approx(fps)
    assert rate(times[-2:], times[-1]) is None
    assert rate(times, times[-1] + RATE_S) is None


class MjpegServer:
    """A network camera on loopback, as phones are: motion JPEG over HTTP."""

    _pictures = None  # how many to send, None: for ever

    def __init__(self, port=0):
        self.sent = 0
        self._stop = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/video"

    def _serve(self):
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            with connection:
                try:
                    connection.settimeout(1.0)
                    self._film(connection)
                except OSError:
                    pass  # the camera hung up

    def _film(self, connection):
        connection.recv(4096)
        connection.sendall(
            b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"
        )
        while not self._stop.wait(1 / FPS) and self.sent != self._pictures:
            self.sent += 1
            jpeg = numbered(self.sent)
            head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            connection.sendall(head.encode() + jpeg + b"\r\n")

    def close(self):
        self._stop.set()
        self._thread.join()
        self._socket.close()


class SilentServer(MjpegServer):
    """Accepts and says nothing."""

    def _film(self, connection):
        self._stop.wait()


class FreezingServer(MjpegServer):
    """Its first film stands still after twenty pictures, and the connection stays open."""

    def _film(self, connection):
        first, self._pictures = self.sent == 0, 20 if self.sent == 0 else None
        super()._film(connection)
        if first:
            connection.settimeout(10.0)
            connection.recv(1)  # until the camera hangs up


class ShiftedClock:
    """The host's time, and as much later as the test says."""

    def __init__(self):
        self.later_s = 0.0

    def now(self):
        return perf_counter() + self.later_s


@pytest.fixture
def serve():
    """Starts servers; all are closed at the end."""
    servers = []

    def start(kind=MjpegServer, port=0):
        servers.append(kind(port))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def watch():
    """Opens cameras; all are closed at the end."""
    cameras = []

    def start(address, clock=None):
        cameras.append(LiveCamera(CameraRequest(address), clock or PerfClock()))
        return cameras[-1]

    yield start
    for camera in cameras:
        camera.close()


def next_frame(camera):
    """The next frame; real time, because a real decoder reads a real socket."""
    return until(lambda: camera.newest(0.1))


def wait_until(camera, condition):
    """Take frames until a condition holds."""
    until(condition, step=lambda: camera.newest(0.02))


def test_frames_arrive_stamped_with_the_host_clock(serve, watch):
    server = serve()
    camera = watch(server.address)
    begin = perf_counter()
    frames = [next_frame(camera) for _ in range(20)]
    sent = server.sent
    frames.append(next_frame(camera))
    end = perf_counter()
    stamps = [frame.captured_s for frame in frames]
    assert begin < stamps[0]
    assert stamps[-1] <= end
    assert (np.diff(stamps) > 0).all()
    assert (np.diff([frame.index for frame in frames]) > 0).all()
    numbers = [number_of(frame) for frame in frames]
    assert (np.diff(numbers) > 0).all()
    assert sent - numbers[-1] <= 10  # not an old one
    state = camera.state()
    assert state.size == SIZE
    assert not state.health.no_picture
    assert state.health.cause is Cause.WELL
    assert state.asked == "as sent"
    assert state.name == server.address
    assert 0 < state.fps < 1.5 * FPS  # a busy machine unpacks fewer


def test_a_slow_consumer_gets_the_newest_and_drops_are_counted(serve, watch):
    server = serve()
    camera = watch(server.address)
    frames = [next_frame(camera)]
    for _ in range(4):
        # as slow as a network on an old laptop
        until(lambda: camera._index > frames[-1].index + 12)
        sent = server.sent
        frames.append(next_frame(camera))
        assert sent - number_of(frames[-1]) <= 10
    assert camera.state().dropped >= 4 * 11
    assert np.diff([frame.index for frame in frames]).min() >= 12


def test_lost_it_says_so_and_comes_back_by_itself(serve, watch):
    server = serve()
    camera = watch(server.address)
    next_frame(camera)
    server.close()
    wait_until(camera, lambda: camera.state().health.no_picture)
    state = camera.state()
    assert state.health.cause is Cause.LOST
    assert state.fps is None
    assert state.size == SIZE  # what it last was
    wait_until(camera, lambda: camera.state().health.cause is Cause.NO_ADDRESS)
    serve(port=server.port)
    wait_until(camera, lambda: not camera.state().health.no_picture)
    assert camera.state().health.cause is Cause.WELL
    next_frame(camera)


def test_a_frozen_film_is_opened_again(serve, watch):
    server = serve(FreezingServer)
    camera = watch(server.address)
    next_frame(camera)
    wait_until(camera, lambda: camera.state().health.no_picture)
    wait_until(camera, lambda: not camera.state().health.no_picture)
    assert number_of(next_frame(camera)) > 20


def test_an_address_that_answers_later_is_waited_for(serve, watch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    clock = ShiftedClock()
    camera = watch(f"http://127.0.0.1:{port}/video", clock)
    assert camera.newest(0.1) is None
    wait_until(camera, lambda: camera.state().health.no_picture)
    assert camera.state().health.cause is Cause.NO_ADDRESS
    assert camera.state().size is None
    serve(port=port)
    next_frame(camera)
    wait_until(camera, lambda: not camera.state().health.no_picture)  # when it comes steadily


def test_a_camera_that_hangs_is_left_and_opened_again(serve, watch, caplog):
    server = serve(SilentServer)
    clock = ShiftedClock()
    camera = watch(server.address, clock)
    assert camera.newest(0.05) is None
    assert "hangs" not in caplog.text
    clock.later_s += 6.1  # some take long to begin, and opening them twice would never end
    assert camera.newest(0.05) is None
    assert "hangs" not in caplog.text
    clock.later_s += 14.0
    assert camera.newest(0.05) is None
    assert "hangs; opening it again" in caplog.text
    caplog.clear()
    assert camera.newest(0.05) is None
    assert "hangs" not in caplog.text  # the new one has its own time
    begin = perf_counter()
    camera.close()
    assert perf_counter() - begin < 15  # a second and a half; its own thread waits for twenty


def test_closing_ends_the_thread(serve, watch):
    camera = watch(serve().address)
    next_frame(camera)
    camera.close()
    until(lambda: not camera._thread.is_alive())


@pytest.mark.parametrize("source", ["99", "/dev/video98", "no such camera", "/dev/null", "-1"])
def test_an_unknown_camera_is_refused_in_one_sentence(source):
    if platform.system() != "Linux":
        pytest.skip("elsewhere any index may open")
    with pytest.raises(CameraError) as error:
        LiveCamera(CameraRequest(source), PerfClock())
    text = str(error.value)
    assert source in text
    assert "\n" not in text
    assert "let a phone be the camera" in text
    assert issubclass(CameraError, DanceError)


CAPTURE, METADATA, OUTPUT = 0x1, 0x00800000, 0x2
"""What a node says that it can do: V4L2_CAP_VIDEO_CAPTURE, _META_CAPTURE, _VIDEO_OUTPUT."""


@pytest.fixture
def nodes(tmp_path, monkeypatch):
    """Stands for /dev and /sys: makes nodes, each with what it answers to VIDIOC_QUERYCAP."""
    linux = pytest.importorskip("cv2_enumerate_cameras.linux_backend")
    monkeypatch.setattr("kpopdance.realtime.devices.webcam.platform.system", lambda: "Linux")
    can, names = {}, {}

    def make(name, words, capability):
        (tmp_path / name).touch()
        can[str(tmp_path / name)] = capability
        names[f"/sys/class/video4linux/{name}"] = words

    def query(file, request, answer):
        assert request == linux.VIDIOC_QUERYCAP
        answer.capabilities, answer.device_caps = CAPTURE | METADATA, can[file.name]

    found = [str(tmp_path / f"video{k}") for k in (3, 2, 1, 0)]
    monkeypatch.setattr(linux.glob, "glob", lambda _: [path for path in found if path in can])
    monkeypatch.setattr(linux.fcntl, "ioctl", query)
    monkeypatch.setattr(
        linux,
        "read_line",
        lambda place, *rest: names[place.removesuffix("/name")] if not rest else None,
    )
    monkeypatch.setattr(linux.os.path, "exists", lambda path: path.startswith("/sys"))
    return make


def test_cameras_are_found_by_number_path_and_part_of_the_name(nodes):
    nodes("video0", "Integrated Webcam", CAPTURE)
    nodes("video1", "Integrated Webcam", METADATA)
    nodes("video2", "Logitech BRIO", CAPTURE)
    nodes("video3", "Loopback", OUTPUT)
    assert [(c.index, c.name) for c in list_cameras()] == [
        (0, "Integrated Webcam"), (2, "Logitech BRIO"),
    ]  # fmt: skip
    sources = ("0", "2", "/dev/video2", "brio", "webcam")
    assert [camera_index(source) for source in sources] == [0, 2, 2, 2, 0]
    for source in ("1", "/dev/video3"):
        with pytest.raises(
            CameraError, match=r"found: 0 \(Integrated Webcam\), 2 \(Logitech BRIO\)"
        ):
            camera_index(source)


@pytest.mark.parametrize(
    ("system", "backend"), [("Windows", cv2.CAP_DSHOW), ("Darwin", cv2.CAP_AVFOUNDATION)]
)
def test_elsewhere_too_cameras_have_names(monkeypatch, system, backend):
    found = {backend: [CameraInfo(1, "Logitech BRIO", "", None, None, backend),
                       CameraInfo(0, "FaceTime HD", "", None, None, backend)]}  # fmt: skip
    module = "kpopdance.realtime.devices.webcam"
    monkeypatch.setattr(f"{module}.platform.system", lambda: system)
    monkeypatch.setattr(f"{module}.enumerate_cameras", found.__getitem__)
    assert [(c.index, c.name) for c in list_cameras()] == [
        (0, "FaceTime HD"), (1, "Logitech BRIO"),
    ]  # fmt: skip
    assert [camera_index(source) for source in ("brio", "facetime", "7")] == [1, 0, 7]
    with pytest.raises(CameraError, match="FaceTime HD"):
        camera_index("no such camera")


def test_a_request_in_words():
    assert CameraRequest("0", 640, 480, 60).words == "640x480 at 60"
    assert CameraRequest("rtsp://x").words == "as sent"
