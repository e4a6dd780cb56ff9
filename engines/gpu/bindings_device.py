"""The GPU through cuda-bindings: NVIDIA's own wheels, for where pycuda cannot be installed."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
from cuda import bindings
from cuda.bindings import driver

from kpopdance.engines.gpu.capture import CudaGraph, ask, record, try_to
from kpopdance.engines.gpu.checks import CLOSED, GIVEN_BACK, as_32_bits, check_span
from kpopdance.engines.gpu.device import GpuError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.gpu.device import Arg, Event, Graph, Memory, PinnedMemory


class BindingsMemory:
    """Bytes on the GPU; they live until they are freed or the device is closed."""

    def __init__(self, address: int, nbytes: int) -> None:
        self.address, self.nbytes = address, nbytes


class BindingsPinned:
    """Page-locked bytes; once they are given back the array is empty."""

    def __init__(self, address: int, nbytes: int) -> None:
        self.address = address
        self.array: NDArray[np.uint8] = np.ctypeslib.as_array(
            (ctypes.c_uint8 * nbytes).from_address(address)
        )


class BindingsEvent:
    """A moment on the device's stream."""

    def __init__(self, device: BindingsDevice, handle: object) -> None:
        self._device, self.handle = device, handle

    def record(self) -> None:
        """Mark the moment when all work so far asked of the stream is done."""
        with self._device.current():
            ask("cuEventRecord", self.handle, driver.CUstream(self._device.stream))

    def wait(self) -> None:
        """Wait for the moment."""
        with self._device.current():
            ask("cuEventSynchronize", self.handle)

    def ms_since(self, earlier: Event) -> float:
        """Return the milliseconds of GPU time between two moments that have passed."""
        if not isinstance(earlier, BindingsEvent):
            raise TypeError("both moments must be of the same device")
        with self._device.current():
            return float(ask("cuEventElapsedTime", earlier.handle, self.handle))


class BindingsDevice:
    """The first GPU's primary context, which TensorRT shares, and one non-blocking stream.

    The context is current in a thread only while a method runs there, or from ``activate`` on.
    """

    def __init__(self) -> None:
        self.label = f"cuda-bindings {bindings.__version__}"
        self.stream = 0
        self._kernels: dict[str, object] = {}
        self._pinned: list[BindingsPinned] = []
        self._owned: list[tuple[str, object]] = []  # in order of birth: how each is given back
        ask("cuInit", 0)
        gpu = ask("cuDeviceGet", 0)
        self._context = ask("cuDevicePrimaryCtxRetain", gpu)
        self._owned.append(("cuDevicePrimaryCtxRelease", gpu))
        try:
            with self.current():
                stream = ask("cuStreamCreate", driver.CUstream_flags.CU_STREAM_NON_BLOCKING)
        except GpuError:
            self.close()
            raise
        self._owned.append(("cuStreamDestroy", stream))
        self.stream = int(stream)

    @contextmanager
    def current(self) -> Iterator[None]:
        """Hold the GPU's context in this thread."""
        if self._context is None:
            raise GpuError(CLOSED)
        ask("cuCtxPushCurrent", self._context)
        try:
            yield
        finally:
            try_to("cuCtxPopCurrent")

    def activate(self) -> None:
        """Make this GPU the calling thread's, until it ends or closes the device."""
        with self.current():
            pass  # tells where the GPU was given back
        ask("cuCtxSetCurrent", self._context)

    def allocate(self, nbytes: int) -> BindingsMemory:
        """Return fresh memory on the GPU, not cleared."""
        with self.current():
            address = int(ask("cuMemAlloc", nbytes))
        self._owned.append(("cuMemFree", address))
        return BindingsMemory(address, nbytes)

    def pin(self, nbytes: int) -> BindingsPinned:
        """Return fresh page-locked memory of the computer."""
        with self.current():
            address = int(ask("cuMemHostAlloc", nbytes, 0))
        self._owned.append(("cuMemFreeHost", address))
        self._pinned.append(BindingsPinned(address, nbytes))
        return self._pinned[-1]

    def free(self, owned: Memory | PinnedMemory | Event | Graph) -> None:
        """Give something back, once; waits for the stream. A lost GPU's errors end here."""
        if self._context is None:
            return
        way = _way_back(owned)
        if way not in self._owned:
            raise ValueError(GIVEN_BACK)
        self._owned.remove(way)
        if isinstance(owned, BindingsPinned):
            self._pinned.remove(owned)
            owned.array = np.empty(0, np.uint8)
        self._give_back([way])

    def upload(self, target: Memory, source: PinnedMemory, nbytes: int) -> None:
        """Copy the first bytes to the GPU."""
        check_span(target, 0, source, nbytes)
        with self.current():
            ask("cuMemcpyHtoDAsync", target.address, source.address, nbytes, self.stream)

    def download(
        self, target: PinnedMemory, source: Memory, nbytes: int, *, offset: int = 0
    ) -> None:
        """Copy bytes from ``offset`` of the GPU's memory to the start of the computer's."""
        check_span(source, offset, target, nbytes)
        with self.current():
            ask(
                "cuMemcpyDtoHAsync",
                target.address,
                source.address + offset,
                nbytes,
                self.stream,
            )

    def fill(self, target: Memory, byte: int) -> None:
        """Set every byte."""
        with self.current():
            ask("cuMemsetD8Async", target.address, byte, target.nbytes, self.stream)

    def load_kernels(self, image: bytes, names: Sequence[str]) -> None:
        """Load a fatbin, cubin or PTX and look up its kernels."""
        with self.current():
            module = ask("cuModuleLoadData", image)
            self._owned.append(("cuModuleUnload", module))
            for name in names:
                try:
                    self._kernels[name] = ask("cuModuleGetFunction", module, name.encode())
                except GpuError as why:
                    raise GpuError(f"kernel {name}: {why}") from why

    def launch(
        self, kernel: str, grid: tuple[int, int, int], block: tuple[int, int, int],
        args: Sequence[Memory | Arg],
    ) -> None:  # fmt: skip
        """Run a loaded kernel; Memory passes as its address, int and float as 32 bits."""
        if kernel not in self._kernels:
            raise GpuError(f"kernel {kernel} is not loaded")
        values, kinds = zip(*map(_value, args), strict=True) if args else ((), ())
        with self.current():
            try:
                ask("cuLaunchKernel", self._kernels[kernel], *grid, *block, 0, self.stream,
                    (values, kinds), 0)  # fmt: skip
            except GpuError as why:
                raise GpuError(f"kernel {kernel}: {why}") from why

    def event(self) -> BindingsEvent:
        """Return an event with timing."""
        with self.current():
            handle = ask("cuEventCreate", driver.CUevent_flags.CU_EVENT_DEFAULT)
        self._owned.append(("cuEventDestroy", handle))
        return BindingsEvent(self, handle)

    def capture(self, work: Callable[[], None]) -> CudaGraph:
        """Return what ``work`` asks of the stream as a CUDA graph; it does not run yet."""
        graph = record(self.current, self.stream, work)
        self._owned.append(("cuGraphExecDestroy", graph.executable))
        return graph

    def free_bytes(self) -> int:
        """Return how much of the GPU's memory is free."""
        with self.current():
            free, _ = ask("cuMemGetInfo")
        return int(free)

    def synchronise(self) -> None:
        """Wait until the stream has done everything."""
        with self.current():
            ask("cuStreamSynchronize", self.stream)

    def close(self) -> None:
        """Give everything back, the youngest first; a lost GPU's errors end here."""
        if self._context is None:
            return
        for pinned in self._pinned:
            pinned.array = np.empty(0, np.uint8)
        release, *others = self._owned
        self._give_back(list(reversed(others)))
        with suppress(GpuError):
            if int(ask("cuCtxGetCurrent")) == int(self._context):
                ask("cuCtxSetCurrent", 0)
        try_to(*release)
        self._context = None

    def _give_back(self, ways: list[tuple[str, object]]) -> None:
        with suppress(GpuError), self.current():
            try_to("cuStreamSynchronize", self.stream)
            for way in ways:
                try_to(*way)


def _way_back(owned: object) -> tuple[str, object]:
    """Return the driver's call that takes something back, and its argument."""
    if isinstance(owned, CudaGraph):
        return "cuGraphExecDestroy", owned.executable
    if isinstance(owned, BindingsEvent):
        return "cuEventDestroy", owned.handle
    if isinstance(owned, BindingsPinned):
        return "cuMemFreeHost", owned.address
    assert isinstance(owned, BindingsMemory)
    return "cuMemFree", owned.address


def _value(arg: Memory | Arg) -> tuple[int | float, type]:
    if not isinstance(arg, int | float | np.number):
        return arg.address, ctypes.c_void_p
    number = as_32_bits(arg)
    return number.item(), ctypes.c_float if isinstance(number, np.float32) else ctypes.c_int
