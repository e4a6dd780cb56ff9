"""Which layer speaks to the GPU: pycuda, or cuda-bindings where it cannot be installed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Literal

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.probe import probe_gpu

if TYPE_CHECKING:
    from kpopdance.engines.gpu.device import Device

LAYERS: Final = ("pycuda", "cuda-bindings")
INSTALL: Final = "pip install cuda-bindings"
Layer = Literal["auto", "pycuda", "cuda-bindings"]

log = logging.getLogger(__name__)


def open_device(layer: Layer = "auto") -> Device:
    """Return the first GPU through the layer named, or through the first that works.

    Raises
    ------
    NetworkError
        Where there is no driver or no GPU, or no layer works: then with the reason of each and
        what to install.
    """
    probe_gpu()
    reasons = []
    missing = False
    for name in LAYERS if layer == "auto" else (layer,):
        try:
            device = _open(name)
        except ImportError as why:
            missing = True
            reasons.append(f"{name} is not usable: {why}")
        except GpuError as why:
            reasons.append(f"{name}: {why}")
        else:
            if reasons:  # pycuda has no wheels: most do without it
                log.log(
                    logging.INFO if missing else logging.WARNING,
                    "%s speaks to the GPU; %s",
                    device.label,
                    "; ".join(reasons),
                )
            return device
    told = "; ".join(reasons)
    raise NetworkError(f"the GPU is not used: {told}" + (f"; {INSTALL}" if missing else ""))


def _open(layer: str) -> Device:
    if layer == "pycuda":
        from kpopdance.engines.gpu.pycuda_device import PycudaDevice

        return PycudaDevice()
    if layer == "cuda-bindings":
        from kpopdance.engines.gpu.bindings_device import BindingsDevice

        return BindingsDevice()
    raise ValueError(f"no layer is called {layer}; there are {', '.join(LAYERS)} and auto")
