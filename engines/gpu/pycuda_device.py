"""The GPU through pycuda; its frame's graph through cuda-bindings, which pycuda has none of.

pycuda keeps a stack of contexts for each thread and aborts the program where a thread ends with
one on it, so every method puts the context there and takes it away again.
"""

from __future__ import annotations

import ctypes
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pycuda
import pycuda.driver as cuda

from kpopdance.engines.gpu.checks import (
    CLOSED,
    GIVEN_BACK,
    as_32_bits,
    check_span,
    refused_in_words,
)
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.probe import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.gpu.capture import CudaGraph
    from kpopdance.engines.gpu.device import Arg, Event, Graph, Memory, PinnedMemory

NON_BLOCKING = 1  # CU_STREAM_NON_BLOCKING, which pycuda has no name for


class PycudaMemory:
    """Bytes on the GPU; they live until they are freed or the device is closed."""

    def __init__(self, allocation: Any, nbytes: int) -> None:  # noqa: ANN401 - untyped library
        self.allocation = allocation
        self.address, self.nbytes = int(allocation), nbytes


class PycudaPinned:
    """Page-locked bytes; once they are given back the array is empty."""

    def __init__(self, array: NDArray[np.uint8]) -> None:
        self.array = array
        self.allocation: Any = array.base
        self.address = int(array.ctypes.data)


class PycudaEvent:
    """A moment on the device's stream."""

    def __init__(self, device: PycudaDevice) -> None:
        self._device = device
        self.handle: Any = cuda.Event()

    def record(self) -> None:
        """Mark the moment when all work so far asked of the stream is done."""
        with self._device.current():
            self.handle.record(self._device.queue)

    def wait(self) -> None:
        """Wait for the moment."""
        with self._device.current():
            self.handle.synchronize()

    def ms_since(self, earlier: Event) -> float:
        """Return the milliseconds of GPU time between two moments that have passed."""
        if not isinstance(earlier, PycudaEvent):
            raise TypeError("both moments must be of the same device")
        with self._device.current():
            return float(self.handle.time_since(earlier.handle))


class PlainGraph:
    """Work that is asked for anew at each launch, where no CUDA graph can be captured."""

    nodes = 0

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work

    def launch(self) -> None:
        """Ask the stream to do all of it again."""
        self._work()


class PycudaDevice:
    """The first GPU's primary context, which TensorRT shares, and one non-blocking stream."""

    def __init__(self) -> None:
        self.label = f"pycuda {pycuda.VERSION_TEXT}"
        self._record = _recorder()
        if self._record is None:
            self.label += " without CUDA graphs (cuda-bindings is not installed)"
        self._kernels: dict[str, Any] = {}
        self._modules: list[Any] = []
        self._owned: list[PycudaMemory | PycudaPinned | PycudaEvent | Graph] = []
        self._context: Any = None
        self.queue: Any = None
        try:
            cuda.init()
            self._context = cuda.Device(0).retain_primary_context()
            with self.current():
                self.queue = cuda.Stream(NON_BLOCKING)
        except (cuda.Error, GpuError) as why:
            self.close()
            raise why if isinstance(why, GpuError) else refused_in_words(str(why)) from why
        self.stream = int(self.queue.handle)

    @contextmanager
    def current(self) -> Iterator[None]:
        """Hold the GPU's context in this thread, and tell pycuda's errors as GpuError."""
        if self._context is None:
            raise GpuError(CLOSED)
        try:
            self._context.push()
            try:
                yield
            finally:
                cuda.Context.pop()
        except cuda.Error as why:
            raise refused_in_words(str(why)) from why

    def activate(self) -> None:
        """Make this GPU the calling thread's, until it ends or closes the device.

        Asked of the driver itself: what pycuda makes current must be taken back by pycuda.
        """
        with self.current():
            pass  # tells where the GPU was given back or is lost
        _driver().cuCtxSetCurrent(ctypes.c_void_p(self._context.handle))

    def allocate(self, nbytes: int) -> PycudaMemory:
        """Return fresh memory on the GPU, not cleared."""
        with self.current():
            memory = PycudaMemory(cuda.mem_alloc(nbytes), nbytes)
        self._owned.append(memory)
        return memory

    def pin(self, nbytes: int) -> PycudaPinned:
        """Return fresh page-locked memory of the computer."""
        with self.current():
            pinned = PycudaPinned(cuda.pagelocked_empty(nbytes, np.uint8))
        self._owned.append(pinned)
        return pinned

    def free(self, owned: Memory | PinnedMemory | Event | Graph) -> None:
        """Give something back, once; waits for the stream. A lost GPU's errors end here."""
        if self._context is None or isinstance(owned, PlainGraph):
            return
        if owned not in self._owned:
            raise ValueError(GIVEN_BACK)
        with suppress(GpuError), self.current():
            _try_to(self.queue.synchronize)
            _give_back(owned)
        self._owned.remove(owned)

    def upload(self, target: Memory, source: PinnedMemory, nbytes: int) -> None:
        """Copy the first bytes to the GPU."""
        check_span(target, 0, source, nbytes)
        with self.current():
            cuda.memcpy_htod_async(target.address, source.array[:nbytes], self.queue)

    def download(
        self, target: PinnedMemory, source: Memory, nbytes: int, *, offset: int = 0
    ) -> None:
        """Copy bytes from ``offset`` of the GPU's memory to the start of the computer's."""
        check_span(source, offset, target, nbytes)
        with self.current():
            cuda.memcpy_dtoh_async(target.array[:nbytes], source.address + offset, self.queue)

    def fill(self, target: Memory, byte: int) -> None:
        """Set every byte."""
        with self.current():
            cuda.memset_d8_async(target.address, byte, target.nbytes, self.queue)

    def load_kernels(self, image: bytes, names: Sequence[str]) -> None:
        """Load a fatbin, cubin or PTX and look up its kernels."""
        with self.current():
            self._modules.append(cuda.module_from_buffer(image))
            for name in names:
                with _naming(name):
                    self._kernels[name] = self._modules[-1].get_function(name)

    def launch(
        self, kernel: str, grid: tuple[int, int, int], block: tuple[int, int, int],
        args: Sequence[Memory | Arg],
    ) -> None:  # fmt: skip
        """Run a loaded kernel; Memory passes as its address, int and float as 32 bits."""
        if kernel not in self._kernels:
            raise GpuError(f"kernel {kernel} is not loaded")
        values = [_value(arg) for arg in args]
        with self.current(), _naming(kernel):
            self._kernels[kernel](*values, grid=grid, block=block, stream=self.queue)

    def event(self) -> PycudaEvent:
        """Return an event with timing."""
        with self.current():
            event = PycudaEvent(self)
        self._owned.append(event)
        return event

    def capture(self, work: Callable[[], None]) -> Graph:
        """Return what ``work`` asks of the stream as a CUDA graph; it does not run yet.

        Without cuda-bindings it has no nodes and asks for the work anew at each launch.
        """
        if self._record is None:
            return PlainGraph(work)
        graph = self._record(self.current, self.stream, work)
        self._owned.append(graph)
        return graph

    def free_bytes(self) -> int:
        """Return how much of the GPU's memory is free."""
        with self.current():
            return int(cuda.mem_get_info()[0])

    def synchronise(self) -> None:
        """Wait until the stream has done everything."""
        with self.current():
            self.queue.synchronize()

    def close(self) -> None:
        """Give everything back; a lost GPU's errors end here.

        pycuda leaves the context it gives back current in the thread that does so: that thread is
        one of its own and ends.
        """
        if self._context is None:
            return
        closing = threading.Thread(target=self._give_back, name="gives the GPU back")
        closing.start()
        closing.join()
        ours, driver = ctypes.c_void_p(), _driver()
        driver.cuCtxGetCurrent(ctypes.byref(ours))
        if ours.value == self._context.handle:
            driver.cuCtxSetCurrent(None)
        self._context = None

    def _give_back(self) -> None:
        try:
            self._context.push()
            self._free()
        except cuda.Error:
            pass
        # A context that is detached counts as dead: pycuda then frees nothing more by itself.
        self._context.detach()

    def _free(self) -> None:
        if self.queue is not None:
            _try_to(self.queue.synchronize)
        for owned in reversed(self._owned):
            _give_back(owned)
        self._kernels.clear()
        self._modules.clear()
        self.queue = None


def _recorder() -> Callable[..., CudaGraph] | None:
    try:
        from kpopdance.engines.gpu.capture import record
    except ImportError:
        return None
    return record


def _give_back(owned: PycudaMemory | PycudaPinned | PycudaEvent | Graph) -> None:
    if isinstance(owned, PycudaEvent):
        owned.handle = None
    elif isinstance(owned, PycudaMemory | PycudaPinned):
        if isinstance(owned, PycudaPinned):
            owned.array = np.empty(0, np.uint8)
        _try_to(owned.allocation.free)
    else:
        from kpopdance.engines.gpu.capture import CudaGraph, try_to

        assert isinstance(owned, CudaGraph)
        try_to("cuGraphExecDestroy", owned.executable)


def _driver() -> ctypes.CDLL:
    return ctypes.CDLL(LIBRARY)


def _try_to(give_back: Callable[[], object]) -> None:
    try:
        give_back()
    except cuda.Error:
        return


@contextmanager
def _naming(kernel: str) -> Iterator[None]:
    try:
        yield
    except cuda.Error as why:
        raise GpuError(f"kernel {kernel}: {refused_in_words(str(why))}") from why


def _value(arg: Memory | Arg) -> np.uintp | np.int32 | np.float32:
    if not isinstance(arg, int | float | np.number):
        return np.uintp(arg.address)
    return as_32_bits(arg)
