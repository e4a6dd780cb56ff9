"""Which flavour of TensorRT is installed, and its errors as text instead of on the terminal."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, SupportsInt

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.probe import probe_gpu

if TYPE_CHECKING:
    from types import ModuleType

PACKAGES: Final = {"rtx": "tensorrt_rtx", "tensorrt": "tensorrt"}
INSTALL: Final = {
    "rtx": "pip install 'kpopdance[rtx]'", "tensorrt": "pip install 'kpopdance[tensorrt]'",
}  # fmt: skip
WARNING: Final = 2  # the logger's severities below are errors


def installed(flavour: str) -> ModuleType:
    """Return the library of a flavour.

    Raises
    ------
    NetworkError
        Where it is not installed, or (``tensorrt``) there is no GPU to build on.
    """
    if flavour == "tensorrt":
        probe_gpu()  # without a driver the library does not answer but dies
    try:
        return import_module(PACKAGES[flavour])
    except ImportError as why:
        raise NetworkError(
            f"{PACKAGES[flavour]} is not installed ({why}); {INSTALL[flavour]}"
        ) from None
    except OSError as why:  # its own libraries are missing or damaged
        raise NetworkError(
            f"{PACKAGES[flavour]} cannot be loaded ({why}); install it again: {INSTALL[flavour]}"
        ) from None


def choose_flavour(wished: str) -> tuple[str, str]:
    """Return the flavour to build with, and why; ``auto`` takes the first that works.

    Raises
    ------
    NetworkError
        Where none does; the text says why each did not.
    """
    if wished != "auto":
        installed(wished)
        return wished, "as asked"
    reasons = []
    for flavour in ("tensorrt", "rtx"):
        try:
            installed(flavour)
        except NetworkError as why:
            reasons.append(f"{flavour}: {why}")
            continue
        return flavour, "; ".join(reasons) or "the first that works"
    raise NetworkError("no flavour of TensorRT works here: " + "; ".join(reasons))


def listener(library: ModuleType, heard: list[str]) -> object:
    """Return a logger that keeps errors instead of printing them."""

    class Ear(library.ILogger):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            library.ILogger.__init__(self)

        def log(self, severity: SupportsInt, text: str) -> None:
            if int(severity) < WARNING:
                heard.append(text.strip())

    return Ear()
