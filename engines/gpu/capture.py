"""Work captured as a CUDA graph on any layer's stream; pycuda has no graphs, cuda-bindings does.

Capture is thread-local: what other threads ask of the driver meanwhile does not disturb it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cuda.bindings import driver

from kpopdance.engines.gpu.checks import refused
from kpopdance.engines.gpu.device import GpuError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Current = Callable[[], AbstractContextManager[None]]


def ask(call: str, *args: Any) -> Any:  # noqa: ANN401 - as many kinds of answers as calls
    """Return what the driver's call answers: nothing, a value, or a tuple of values.

    Raises
    ------
    GpuError
        Where it answers with an error, or the driver is too old to know the call.
    """
    try:
        code, *values = getattr(driver, call)(*args)
    except RuntimeError as why:
        raise GpuError(f"{call} is not in the NVIDIA driver ({why}); update it") from why
    if code != driver.CUresult.CUDA_SUCCESS:
        raise refused(call, _name(code))
    return values[0] if len(values) == 1 else tuple(values) or None


def try_to(call: str, *args: object) -> None:
    """Give something back; a lost GPU has nothing to give, so its errors end here."""
    try:
        ask(call, *args)
    except GpuError:
        return


class CudaGraph:
    """A captured graph; its device's close destroys it."""

    def __init__(self, current: Current, stream: int, executable: object, nodes: int) -> None:
        self._current, self._stream = current, driver.CUstream(stream)
        self.executable, self.nodes = executable, nodes

    def launch(self) -> None:
        """Ask the stream to do all of it again."""
        with self._current():
            ask("cuGraphLaunch", self.executable, self._stream)


def record(current: Current, stream: int, work: Callable[[], None]) -> CudaGraph:
    """Return what ``work`` asks of the stream, with which ``current`` holds the GPU's context.

    Where ``work`` raises, the capture is ended and thrown away before the error goes on.
    """
    with current():
        handle = driver.CUstream(stream)
        ask("cuStreamBeginCapture", handle,
            driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL)  # fmt: skip
        try:
            work()
        except BaseException:
            _abandon(handle)
            raise
        graph = ask("cuStreamEndCapture", handle)
        try:
            _, nodes = ask("cuGraphGetNodes", graph)
            executable = ask("cuGraphInstantiate", graph, 0)
        finally:
            try_to("cuGraphDestroy", graph)
    return CudaGraph(current, stream, executable, nodes)


def _abandon(handle: object) -> None:
    try:
        graph = ask("cuStreamEndCapture", handle)
    except GpuError:
        return  # an invalid capture ends without a graph
    try_to("cuGraphDestroy", graph)


def _name(code: driver.CUresult) -> str:
    told, name = driver.cuGetErrorName(code)
    known = told == driver.CUresult.CUDA_SUCCESS and name
    return str(name.decode()) if known else f"CUDA error {int(code)}"
