"""Network cameras that do everything wrong, on loopback: motion JPEG over HTTP, as phones send it."""

from __future__ import annotations

import itertools
import socket
import threading
from time import perf_counter

import cv2
import numpy as np

SIZE = (120, 160)
FPS = 20.0
HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: %s\r\n\r\n"
FILM = HEAD % b"multipart/x-mixed-replace; boundary=b"


def noisy(number, mean=110.0, size=SIZE):
    """A picture as a sensor gives it: no two are the same."""
    noise = np.random.default_rng(number).normal(mean, mean / 6, (*size, 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def part(image):
    """A picture as one part of a film."""
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode() + jpeg + b"\r\n"


class BadCamera:
    """Serves what ``film`` does with a connection; ``stop`` ends it."""

    def __init__(self, film):
        self._film = film
        self.stop = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.place = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self):
        while not self.stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(2.0)
            try:
                asked = connection.recv(4096)
                self._film(connection, self.stop, asked)
            except OSError:
                pass  # it hung up

    def close(self):
        self.stop.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()


def says(answer):
    """Answer this and hang up."""
    return lambda connection, stop, asked: connection.sendall(answer)


def hangs(connection, stop, asked):
    """Accept, and never answer."""
    stop.wait()


def begins(*begun):
    """Send this, and then nothing more."""

    def film(connection, stop, asked):
        connection.sendall(b"".join(begun))
        stop.wait()

    return film


def films(picture, fps=FPS):
    """Film for ever; ``picture`` makes each one's bytes of its number."""

    def film(connection, stop, asked):
        connection.sendall(FILM)
        since_s = perf_counter()
        for number in itertools.count():
            connection.sendall(picture(number))
            if stop.wait(max(0.0, since_s + (number + 1) / fps - perf_counter())):
                return

    return film


def locked(connection, stop, asked):
    """Film for those who know the name and the password alone."""
    if b"Authorization: Basic bWU6c2VjcmV0" not in asked:  # me:secret
        connection.sendall(
            b"HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm='x'\r\n\r\n"
        )
        return
    films(lambda number: part(noisy(number)))(connection, stop, asked)


def trickles(connection, stop, asked):
    """Send a head that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.0 200 OK\r\nX: ")
    while not stop.wait(0.2):
        connection.sendall(b"x")


def damaged(number):
    """Return pictures of which every third is destroyed from its middle on."""
    whole = part(noisy(number))
    half = len(whole) // 2
    return whole if number % 3 else whole[:half] + bytes(len(whole) - half - 2) + b"\r\n"


def dim(number):
    """Return a room at night: brighter on one side, a little noise."""
    room = np.linspace(2, 40, SIZE[1])[None, :, None] + noisy(number, 20.0) / 10
    return part(room.astype(np.uint8))


def resized(number):
    """Return pictures that change their size every half second."""
    return part(noisy(number, size=((120, 160), (160, 120), (240, 320))[number // 10 % 3]))
