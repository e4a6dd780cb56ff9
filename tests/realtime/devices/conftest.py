from __future__ import annotations

import pytest

from tools.bench.run.null_sink import NullSink, missing_programs


@pytest.fixture
def null_sink(monkeypatch):
    """A sound server of this test's own; skips, saying why, where none can be started."""
    if why := missing_programs():
        pytest.skip(f"no PulseAudio server to play on: {why}")
    try:
        import sounddevice
    except OSError as why:
        pytest.skip(f"no PortAudio: {why}")
    sink = NullSink()
    for name, value in sink.environ.items():
        monkeypatch.setenv(name, value)
    sink.start()
    sounddevice._terminate()  # PortAudio looks for devices once, when it is initialised
    sounddevice._initialize()
    yield sink
    sink.wake()
    sink.close()
