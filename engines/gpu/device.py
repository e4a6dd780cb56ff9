"""What the game asks of a GPU: memory, a stream, kernels, and a frame's work as one CUDA graph.

Two layers speak it: ``pycuda_device`` and, where pycuda cannot be installed, ``bindings_device``.
Addresses are those of the CUDA driver API, so TensorRT and either layer share buffers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kpopdance.engines.errors import DeviceFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

Arg = int | float
"""A kernel's argument that is no memory: a 32-bit int or float."""


class GpuError(DeviceFailed):
    """The GPU refused or is gone; the text says at which call and with which CUDA error."""


class Memory(Protocol):
    """Bytes on the GPU."""

    address: int
    nbytes: int


class PinnedMemory(Protocol):
    """Page-locked bytes of the computer, which the GPU copies without waiting."""

    address: int
    array: NDArray[np.uint8]


class Event(Protocol):
    """A moment on a stream."""

    def record(self) -> None:
        """Mark the moment when all work so far asked of the device's stream is done."""

    def wait(self) -> None:
        """Wait for the moment; GpuError where work before it failed."""

    def ms_since(self, earlier: Event) -> float:
        """Return the milliseconds of GPU time between two moments that have passed."""


class Graph(Protocol):
    """Work that was captured once and is launched as a whole."""

    nodes: int

    def launch(self) -> None:
        """Ask the device's stream to do all of it again."""


class Device(Protocol):
    """One GPU with one stream; all but ``allocate``, ``pin`` and ``close`` return at once.

    Every method raises GpuError where the driver answers with an error.

    Attributes
    ----------
    label : str
        The layer and its version, e.g. ``pycuda 2026.1``.
    stream : int
        The stream's handle (``CUstream``), as TensorRT takes it.
    """

    label: str
    stream: int

    def activate(self) -> None:
        """Make this GPU the calling thread's; libraries beside us, as TensorRT, rely on it."""

    def allocate(self, nbytes: int) -> Memory:
        """Return fresh memory on the GPU, not cleared."""

    def pin(self, nbytes: int) -> PinnedMemory:
        """Return fresh page-locked memory of the computer."""

    def free(self, owned: Memory | PinnedMemory | Event | Graph) -> None:
        """Give something back, once; waits for the stream."""

    def upload(self, target: Memory, source: PinnedMemory, nbytes: int) -> None:
        """Copy the first bytes to the GPU."""

    def download(
        self, target: PinnedMemory, source: Memory, nbytes: int, *, offset: int = 0
    ) -> None:
        """Copy bytes from ``offset`` of the GPU's memory to the start of the computer's."""

    def fill(self, target: Memory, byte: int) -> None:
        """Set every byte."""

    def load_kernels(self, image: bytes, names: Sequence[str]) -> None:
        """Load a fatbin, cubin or PTX and look up its kernels."""

    def launch(
        self, kernel: str, grid: tuple[int, int, int], block: tuple[int, int, int],
        args: Sequence[Memory | Arg],
    ) -> None:  # fmt: skip
        """Run a loaded kernel; Memory passes as its address, int and float as 32 bits."""

    def event(self) -> Event:
        """Return an event with timing."""

    def capture(self, work: Callable[[], None]) -> Graph:
        """Return what ``work`` asks of the stream as a CUDA graph; it does not run yet."""

    def free_bytes(self) -> int:
        """Return how much of the GPU's memory is free."""

    def synchronise(self) -> None:
        """Wait until the stream has done everything."""

    def close(self) -> None:
        """Give everything back; may be called twice, and after the GPU was lost."""
