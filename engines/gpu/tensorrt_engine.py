"""An engine loaded by TensorRT or TensorRT for RTX: one code, both share their runtime's API."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from engines.files import write_whole
from engines.gpu.device import GpuError
from engines.gpu.stage import Port
from engines.gpu.tensorrt_library import installed, listener
from engines.maps import INPUT_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engines.gpu.device import Device, Memory

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
        self._flavour, self._device = flavour, device
        device.activate()
        self._runtime = library.Runtime(listener(library, self._heard))
        self._engine = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:
            raise GpuError(f"{flavour} cannot load this engine: {self._reason()}")
        self._cache: Any = None
        self._kept = kept
        self._context = self._new_context()
        if self._context is None:
            raise GpuError(f"{flavour} cannot prepare this engine: {self._reason()}")
        ports = self._ports(library, size)
        self.inlet = ports.pop(INPUT_NAME)
        self.outlets: Mapping[str, Port] = ports
        capturable = getattr(self._context, "is_stream_capturable", None)
        self.capturable = capturable is None or bool(capturable(device.stream))

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
        if self._cache is None or self._kept is None:
            return
        try:
            write_whole(self._kept, bytes(self._cache.serialize()))
        except OSError as why:
            log.warning("%s: compiled kernels cannot be kept (%s)", self._kept, why.strerror)

    def _new_context(self) -> Any:  # noqa: ANN401 - a type of a library chosen at run time
        if self._flavour != "rtx":
            return self._engine.create_execution_context()
        config = self._engine.create_runtime_config()
        self._cache = config.create_runtime_cache()
        if self._kept is not None and self._kept.is_file():
            # Refused where it is another GPU's: then it is compiled anew.
            self._cache.deserialize(self._kept.read_bytes())
        config.set_runtime_cache(self._cache)
        return self._engine.create_execution_context(config)

    def _ports(self, library: Any, size: tuple[int, int]) -> dict[str, Port]:  # noqa: ANN401
        """Return inputs and outputs by name, the input as large as asked."""
        engine, ports = self._engine, {}
        names = [engine.get_tensor_name(k) for k in range(engine.num_io_tensors)]
        for name in names:
            if engine.get_tensor_mode(name) == library.TensorIOMode.INPUT:
                shape = tuple(engine.get_tensor_profile_shape(name, 0)[2])
                wanted = (shape[0], 3, *size)
                if name != INPUT_NAME or not self._context.set_input_shape(name, wanted):
                    raise GpuError(f"this engine takes no {name} of {wanted}: {self._reason()}")
        for name in names:
            kind = KINDS.get(engine.get_tensor_dtype(name).name)
            if kind is None:
                raise GpuError(
                    f"this engine's {name} is neither float nor half; build it again"
                )
            ports[name] = Port(tuple(self._context.get_tensor_shape(name)), kind)
        if INPUT_NAME not in ports:
            raise GpuError(f"this engine has no input {INPUT_NAME}; build it again")
        return ports

    def _reason(self) -> str:
        return self._heard[-1] if self._heard else "no reason given"
