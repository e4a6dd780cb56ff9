"""What a frame takes on a GPU: stage by stage, as a whole, and with several on their way."""

from __future__ import annotations

from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.engines.gpu.frame_pass import FramePass
    from kpopdance.engines.gpu.sized_network import SizedNetwork
    from kpopdance.engines.placement import Placement, TurnedPlacement

    Place = Placement | TurnedPlacement

WARM_UPS: Final = 20
Image = np.ndarray[Any, np.dtype[np.uint8]]


def stage_times(
    plain: FramePass, stage: SizedNetwork, image: Image, at: Place, runs: int,
) -> dict[str, dict[str, float]]:  # fmt: skip
    """Return each stage's time in microseconds, by CUDA events, asked for one after another."""
    plain.submit(image, [at])
    plain.collect()
    device, steps = stage.device, plain.steps()
    moments = [device.event() for _ in range(len(steps) + 1)]
    took: dict[str, list[float]] = {name: [] for name in steps}
    warm_ups = min(WARM_UPS, runs)
    for run in tqdm(range(warm_ups + runs), desc="stages", leave=False):
        moments[0].record()
        for step, moment in zip(steps.values(), moments[1:], strict=True):
            step()
            moment.record()
        moments[-1].wait()
        if run >= warm_ups:
            for k, name in enumerate(steps):
                took[name].append(1000 * moments[k + 1].ms_since(moments[k]))
    return {name: percentiles(values) for name, values in took.items()}


def frame_times(
    graph: FramePass, pictures: list[Image], at: Place, runs: int
) -> dict[str, float]:
    """Return milliseconds from a picture in memory to its candidates, the computer's clock."""

    def frame(k: int) -> None:
        graph.submit(pictures[k % len(pictures)], [at])
        graph.collect()

    return timed(frame, runs, "frames")


def timed(frame: Callable[[int], object], runs: int, what: str) -> dict[str, float]:
    """Return the percentiles of a call in milliseconds."""
    took = []
    warm_ups = min(WARM_UPS, runs)
    for k in tqdm(range(warm_ups + runs), desc=what, leave=False):
        began = perf_counter()
        frame(k)
        took.append(1000 * (perf_counter() - began))
    return percentiles(took[warm_ups:])


def look_times(look: Callable[[int], object], runs: int, what: str) -> dict[str, Any]:
    """Return seconds of the first look, which compiles, then milliseconds, and those of this thread."""
    began = perf_counter()
    look(0)
    first_s, busy_s = perf_counter() - began, thread_time()
    took = timed(look, runs, what)
    busy_ms = 1000 * (thread_time() - busy_s) / (runs + min(WARM_UPS, runs))
    return {"first_s": round(first_s, 2), "look_ms": took, "thread_ms": round(busy_ms, 3)}


def throughput(
    graph: FramePass, pictures: list[Image], at: Place, runs: int, in_flight: int,
) -> float:  # fmt: skip
    """Return frames per second with so many on their way at once."""
    began = perf_counter()
    for k in range(runs):
        graph.submit(pictures[k % len(pictures)], [at])
        if k >= in_flight - 1:
            graph.collect()
    for _ in range(in_flight - 1):
        graph.collect()
    return round(runs / (perf_counter() - began), 1)


def percentiles(values: list[float] | NDArray[np.float64]) -> dict[str, float]:
    """Return p50, p95 and p99; zeros for no values."""
    at = np.percentile(values, [50, 95, 99]) if len(values) else np.zeros(3)
    return {name: round(float(v), 4) for name, v in zip(("p50", "p95", "p99"), at, strict=True)}
