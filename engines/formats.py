"""How each kind of network is spoken to, and what is refused at its door."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.errors import ModelError, NetworkError
from kpopdance.engines.maps import STRIDE

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

PERSON_PX, SMALL_PERSON_PX, UPRIGHT_PX = 256, 192, 256
"""Sides of the inputs of MoveNet Thunder and Lightning, and of BlazePose."""

INPUT_NAME = "image"


class Format(NamedTuple):
    """How a kind of network is spoken to.

    Attributes
    ----------
    outputs : tuple of str
        What the ONNX file calls its outputs, in our order.
    side : int or None
        The only height and width of the input, px; None takes any multiples of ``STRIDE``.
    """

    outputs: tuple[str, ...]
    side: int | None


OPENPOSE = Format(("heatmaps", "pafs"), None)
MOVENET = Format(("centre", "heat", "regression", "offset"), PERSON_PX)
LIGHTNING = Format(MOVENET.outputs, SMALL_PERSON_PX)
BLAZEPOSE = Format(("points", "presence", "heat"), UPRIGHT_PX)


class Bundled(NamedTuple):
    """A network that comes with the game: its ``file``, how it is spoken to, its name in words."""

    file: Path
    spoken: Format
    words: str


def _bundled(name: str, spoken: Format, words: str) -> Bundled:
    return Bundled(Path(__file__).with_name(f"{name}.onnx"), spoken, words)


CLOSE_NETWORKS: Final = {
    "movenet_lightning": _bundled("movenet_lightning", LIGHTNING, "MoveNet Lightning"),
    "movenet_thunder": _bundled("movenet_thunder", MOVENET, "MoveNet"),
    "movenet_thunder_int8": _bundled("movenet_thunder_int8", MOVENET, "MoveNet in 8 bits"),
    "blazepose_full": _bundled("blazepose_full", BLAZEPOSE, "BlazePose"),
    "blazepose_heavy": _bundled("blazepose_heavy", BLAZEPOSE, "BlazePose heavy"),
}
"""Networks that look at one person each, by name."""


def check_input(tensor: NDArray[np.float32], spoken: Format) -> None:
    """Raise NetworkError unless a tensor is float32 (1, 3, H, W) of a size the format takes."""
    shape, dtype = tensor.shape, tensor.dtype
    if dtype != np.float32 or tensor.ndim != 4 or shape[:2] != (1, 3):
        raise NetworkError(
            f"the network's input is float32 (1, 3, H, W), got {dtype} {shape}; "
            "let PoseVision make it from a picture"
        )
    height, width = shape[2:]
    if spoken.side is not None and (height, width) != (spoken.side, spoken.side):
        raise NetworkError(
            f"the network's input is {height} px high and {width} px wide; "
            f"this one takes {spoken.side} and {spoken.side}"
        )
    if height < STRIDE or width < STRIDE or height % STRIDE or width % STRIDE:
        raise NetworkError(
            f"the network's input is {height} px high and {width} px wide; "
            f"choose multiples of {STRIDE} above 0"
        )


def check_picture(image: NDArray[np.uint8]) -> None:
    """Raise NetworkError unless a picture is uint8 (H, W, 3)."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise NetworkError(f"a picture is uint8 (H, W, 3), got {image.dtype} {image.shape}")


def check_names(
    model: Path, spoken: Format, inputs: Collection[str], outputs: Collection[str]
) -> None:
    """Raise ModelError unless a loaded model has the inputs and outputs of its format."""
    if set(inputs) != {INPUT_NAME} or set(outputs) != set(spoken.outputs):
        raise ModelError(
            f"{model}: this is another network ({sorted(inputs)} to {sorted(outputs)}, "
            f"not {INPUT_NAME} to {' and '.join(spoken.outputs)}); {remedy(model, spoken)}"
        )


def check_kinds(model: Path, spoken: Format, *, floats: bool) -> None:
    """Raise ModelError unless all inputs and outputs are float32 (``floats``)."""
    if not floats:
        raise ModelError(
            f"{model}: its inputs and outputs must be float32; {remedy(model, spoken)}"
        )


def remedy(model: Path, spoken: Format) -> str:
    """Return what to do about a network file that cannot be used: ours, or one of the player's."""
    if spoken is not OPENPOSE or model.parent == Path(__file__).parent:
        page = model.with_suffix(".md").name
        return f"reinstall the game, or make the file anew as {page} beside it says"
    return "give another file; kpopdance import-weights makes one of OpenPose's weights"
