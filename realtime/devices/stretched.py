"""Sound at another tempo and the same pitch.

Signalsmith Stretch (MIT; a phase vocoder that keeps onsets whole) leaves beats within 5 ms of where they
belong. It has no wheel for every computer: on others FFmpeg's ``atempo`` does it, whose beats come 15 ms
early and scatter by 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.frame import AudioFrame
    from av.filter.context import FilterContext
    from numpy.typing import NDArray

LEAST_S: Final = 0.2  # shorter sounds are less than a window of the vocoder: nothing to stretch


def stretched(samples: NDArray[np.float32], rate: int, tempo: float) -> NDArray[np.float32]:
    """Return samples (N, 2) at a tempo of 0.5..1 of their own: (N / tempo, 2), as high as before."""
    whole = np.zeros((round(len(samples) / tempo), 2), np.float32)
    if tempo == 1:
        return samples
    if len(samples) >= LEAST_S * rate:
        slow = _slowed(np.ascontiguousarray(samples.T), rate, tempo).T[: len(whole)]
        whole[: len(slow)] = slow
    return whole


def _slowed(samples: NDArray[np.float32], rate: int, tempo: float) -> NDArray[np.float32]:
    """Return samples (2, N) at a tempo, about (2, N / tempo)."""
    try:
        from python_stretch import Signalsmith
    except ImportError:
        return np.concatenate(list(_by_ffmpeg(samples, rate, tempo)), axis=1)
    stretch = Signalsmith.Stretch()
    stretch.preset(2, rate)
    stretch.timeFactor = tempo
    return np.asarray(stretch.process(samples), np.float32)


def _by_ffmpeg(
    samples: NDArray[np.float32], rate: int, tempo: float
) -> Iterator[NDArray[np.float32]]:
    """Yield what FFmpeg's filter makes of samples (2, N), part by part."""
    from av.audio.frame import AudioFrame
    from av.filter import Graph

    graph = Graph()
    source = graph.add_abuffer(sample_rate=rate, format="fltp", layout="stereo")
    slower, planes = graph.add("atempo", f"{tempo}"), graph.add("aformat", "fltp")
    sink = graph.add("abuffersink")
    graph.link_nodes(source, slower, planes, sink).configure()
    frame = AudioFrame.from_ndarray(samples, "fltp", "stereo")
    frame.sample_rate, frame.pts = rate, 0
    source.push(frame)
    source.push(None)
    while True:
        try:
            yield _array(sink)
        except EOFError:
            return


def _array(sink: FilterContext) -> NDArray[np.float32]:
    """Return the next samples (2, N) that come out; raises EOFError at the end."""
    return cast("AudioFrame", sink.pull()).to_ndarray().astype(np.float32, copy=False)
