"""A real sound server without a sound card: what is played can be recorded from its monitor.

``python -m tools.bench.run.null_sink`` runs one until Ctrl-C and prints the variables that lead there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE = 48000
SINK = "module-null-sink sink_name=dance rate=48000 channels=2 norewinds=1"
CONFIG = """\
load-module {sink}
set-default-sink dance
set-default-source dance.monitor
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
"""  # norewinds: without it every stream freezes for 1.6 s after its fifth block
PROGRAMS = ("pulseaudio", "parec", "pactl")
START_S = 5.0


def missing_programs() -> str:
    """Return why there can be no server here, empty where there can."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


class NullSink:
    """One PulseAudio server in a folder of its own, with one sink that plays to nobody."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pa-"))
        self.socket = self.folder / "native"
        folder = str(self.folder)
        self.environ = {
            "XDG_RUNTIME_DIR": folder,
            "PULSE_RUNTIME_PATH": folder,
            "PULSE_STATE_PATH": folder,
            "PULSE_COOKIE": f"{folder}/cookie",
            "PULSE_SERVER": f"unix:{self.socket}",
        }
        (self.folder / "ci.pa").write_text(CONFIG.format(sink=SINK, socket=self.socket))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> NullSink:
        """Run the server; returns when it listens."""
        self.socket.unlink(missing_ok=True)
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                [
                    *("pulseaudio", "-n", "-F", str(self.folder / "ci.pa")),
                    *("--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
                ],
                env=os.environ | self.environ,
                stderr=log,
            )
        deadline_s = time.perf_counter() + START_S
        while not self.socket.exists():
            if time.perf_counter() > deadline_s or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """End the server without a goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """Let the server answer nobody."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """End `hang`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def remove_sink(self) -> None:
        """Pull the plug of the only device."""
        self._control("unload-module", "module-null-sink")

    def add_sink(self) -> None:
        """Plug it in again."""
        self._control("load-module", *SINK.split())
        self._control("set-default-sink", "dance")

    def record(self) -> Recording:
        """Begin to record what is played."""
        return Recording(os.environ | self.environ)

    def close(self) -> None:
        """End the server and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *words: str) -> None:
        environ = os.environ | self.environ
        subprocess.run(["pactl", *words], env=environ, check=True, capture_output=True)


class Recording:
    """What the sink plays, mono."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [
                *(
                    "parec",
                    "-d",
                    "dance.monitor",
                    "--format=float32le",
                    f"--rate={SAMPLE_RATE}",
                ),
                *("--channels=1", "--latency-msec=10"),
            ],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self._pipe = self._process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        self._parts: list[bytes] = []
        self._arrivals: list[tuple[float, int]] = []
        self._bytes = 0

    def poll(self, now_s: float) -> None:
        """Take what has arrived; call it often."""
        part = self._pipe.read()
        if part:
            self._parts.append(part)
            self._bytes += len(part)
            self._arrivals.append((now_s, self._bytes // 4))

    def stop(self) -> tuple[NDArray[np.float32], float, float]:
        """Return float32 (N,), the host second of its first sample, and s per sample.

        No sample arrives before it sounds: the earliest arrivals of each second lie on a line,
        late by a constant below one fragment (10 ms). Its slope is how fast the sink really
        plays, which need not be the host clock's 48000.
        """
        self._process.kill()
        self._process.wait()
        self._pipe.close()
        data = b"".join(self._parts)
        sound = np.frombuffer(data[: len(data) // 4 * 4], np.float32)
        at_s, count = np.array(self._arrivals).T
        late_s = at_s - count / SAMPLE_RATE
        seconds = (count // SAMPLE_RATE).astype(int)
        firsts = [
            np.flatnonzero(seconds == s)[np.argmin(late_s[seconds == s])]
            for s in np.unique(seconds)
        ]
        slope, host0_s = np.polyfit(count[firsts], late_s[firsts], 1)
        return sound, float(host0_s), float(1 / SAMPLE_RATE + slope)


def onsets(sound: NDArray[np.float32], *, above: float, apart_s: float) -> NDArray[np.intp]:
    """Return the sample numbers at which sounds begin after silence."""
    loud = np.flatnonzero(np.abs(sound) > above)
    first = np.concatenate([[True], np.diff(loud) > apart_s * SAMPLE_RATE])
    begins: NDArray[np.intp] = loud[first]
    return begins


def main() -> int:
    """Run a server until Ctrl-C."""
    if missing_programs():
        print(missing_programs(), file=sys.stderr)
        return 1
    sink = NullSink().start()
    try:
        print("\n".join(f"export {name}={value}" for name, value in sink.environ.items()))
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        sink.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
