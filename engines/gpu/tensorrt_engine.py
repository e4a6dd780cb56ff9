"""An engine loaded by TensorRT or TensorRT for RTX: one code, both share their runtime's API."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.files import write_whole
from kpopdance.engines.formats import INPUT_NAME
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.sized_network import Port
from kpopdance.engines.gpu.tensorrt_library import installed, listener

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kpopdance.engines.gpu.device import Device, Memory

log = logging.getLogger(__name__)

KINDS: Final = {"FLOAT": "f32", "HALF": "f16"}


class TensorRtEngine:
    """A network in TensorRT.

    Parameters
    ----------
    plan : bytes
        The engine as its builder wrote it; who loads it has asked ``sidecar.refuse_stale``.
    flavour : str
        ``rtx`` or ``tensorrt``.
    device : Device
        The GPU and its stream.
    size : (int, int)
        Height and width of the input, px, for an engine whose input may vary.
    kept : Path, optional
        Where TensorRT for RTX keeps the kernels that it compiles when an engine is first loaded,
        which takes seconds.

    Raises
    ------
    GpuError
        Where the library cannot load the engine; the text holds its reason.
    """

    def __init__(
        self, plan: bytes, flavour: str, device: Device, size: tuple[int, int],
        kept: Path | None = None,
    ) -> None:  # fmt: skip
        library = installed(flavour)
        self._heard: list[str] = []
        self._flavour, self._device, self._kept = flavour, device, kept
        self._runtime: Any = None
        self._engine: Any = None
        self._config: Any = None
        self._cache: Any = None
        self._context: Any = None
        self._scratch: Memory | None = None
        self.capturable = False
        device.activate()
        try:
            self._load(library, plan)
            ports = self._ports(library, size)
            self._lend_memory()
        except GpuError:
            self.close()  # now: the error may outlive the GPU, and its traceback holds us
            raise
        except (AttributeError, RuntimeError, TypeError) as why:
            self.close()
            raise GpuError(f"{flavour} answers otherwise than documented: {why}") from why
        self.inlet = ports.pop(INPUT_NAME)
        self.outlets: Mapping[str, Port] = ports

    def bind(self, inlet: Memory, outlets: Mapping[str, Memory]) -> None:
        """Say where input and outputs lie, once."""
        for name, memory in {INPUT_NAME: inlet, **outlets}.items():
            if not self._context.set_tensor_address(name, memory.address):
                raise GpuError(f"{self._flavour} refuses memory for {name}: {self._reason()}")

    def enqueue(self) -> None:
        """Ask the device's stream for one inference. Raises GpuError where that is refused."""
        if not self._context.execute_async_v3(self._device.stream):
            raise GpuError(f"{self._flavour} stopped: {self._reason()}")

    def warmed(self) -> None:
        """Keep what was compiled; a full disk only makes the next start slow."""
        capturable = getattr(self._context, "is_stream_capturable", None)
        self.capturable = capturable is None or bool(capturable(self._device.stream))
        if self._cache is None or self._kept is None:
            return
        compiled = self._cache.serialize()
        if compiled is None:
            log.info("%s: nothing to keep: %s", self._kept, self._reason())
            return
        try:
            write_whole(self._kept, bytes(compiled))
        except OSError as why:
            log.warning("%s: compiled kernels cannot be kept (%s)", self._kept, why.strerror)

    def close(self) -> None:
        """Give the library's objects back while the GPU is there, each before what it stands on."""
        with suppress(GpuError):
            self._device.activate()
        self._context = self._cache = self._config = None
        self._engine = None
        self._runtime = None
        if self._scratch is not None:
            self._device.free(self._scratch)
            self._scratch = None

    def _load(self, library: Any, plan: bytes) -> None:  # noqa: ANN401 - chosen at run time
        self._runtime = library.Runtime(listener(library, self._heard))
        self._engine = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:
            raise GpuError(f"{self._flavour} cannot load this engine: {self._reason()}")
        if self._flavour == "rtx":
            self._configure(library)
            self._context = self._engine.create_execution_context(runtime_config=self._config)
        else:
            self._context = self._engine.create_execution_context()
        if self._context is None:
            raise GpuError(f"{self._flavour} cannot prepare this engine: {self._reason()}")

    def _configure(self, library: Any) -> None:  # noqa: ANN401 - chosen at run time
        """Say how TensorRT for RTX runs an engine so that a graph can be captured and stays true."""
        self._config = self._engine.create_runtime_config()
        # Usually makeshift kernels run until a thread has compiled those for this very size; a
        # graph would keep the makeshift ones for good.
        self._config.dynamic_shapes_kernel_specialization_strategy = (
            library.DynamicShapesKernelSpecializationStrategy.EAGER
        )
        # What is built with REQUIRE_USER_ALLOCATION takes no other.
        self._config.set_execution_context_allocation_strategy(
            library.ExecutionContextAllocationStrategy.USER_MANAGED
        )
        self._cache = self._config.create_runtime_cache()
        with suppress(OSError):
            if self._kept is not None and self._kept.is_file():
                # Refused where it is another GPU's: then it is compiled anew.
                self._cache.deserialize(self._kept.read_bytes())
        self._config.set_runtime_cache(self._cache)

    def _lend_memory(self) -> None:
        """Give TensorRT for RTX the memory it works in, for the shapes that were set."""
        if self._config is None:
            return
        nbytes = max(
            int(self._engine.device_memory_size_v2),
            int(self._context.update_device_memory_size_for_shapes()),
        )
        if nbytes > 0:
            self._scratch = self._device.allocate(nbytes)
            self._context.set_device_memory(self._scratch.address, nbytes)

    def _ports(self, library: Any, size: tuple[int, int]) -> dict[str, Port]:  # noqa: ANN401
        """Return inputs and outputs by name, the input as large as asked."""
        ports = {}
        names = [self._engine.get_tensor_name(k) for k in range(self._engine.num_io_tensors)]
        for name in names:
            if self._engine.get_tensor_mode(name) == library.TensorIOMode.INPUT:
                least = tuple(self._engine.get_tensor_profile_shape(name, 0)[0])
                wanted = (least[0], 3, *size)
                if name != INPUT_NAME or not self._context.set_input_shape(name, wanted):
                    raise GpuError(f"this engine takes no {name} of {wanted}: {self._reason()}")
        for name in names:
            kind = KINDS.get(self._engine.get_tensor_dtype(name).name)
            if kind is None:
                raise GpuError(
                    f"this engine's {name} is neither float nor half; build it again"
                )
            shape = tuple(int(n) for n in self._context.get_tensor_shape(name))
            if min(shape, default=0) < 1:
                raise GpuError(f"this engine does not say how large its {name} is: {shape}")
            ports[name] = Port(shape, kind)
        if INPUT_NAME not in ports:
            raise GpuError(f"this engine has no input {INPUT_NAME}; build it again")
        return ports

    def _reason(self) -> str:
        return self._heard[-1] if self._heard else "no reason given"
