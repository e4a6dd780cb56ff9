"""The words shared by networks and game: what a network sees, and the base of our errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray

Region = tuple[float, float, float, float]
"""A rectangle of a picture in px: left, top, right, bottom; may reach beyond the picture."""

HEAT_CHANNELS = 19
LIMB_CHANNELS = 38
STRIDE = 8
"""Input px per map cell; only for multiples of it the ONNX pads as TensorFlow did."""

INPUT_NAME = "image"
OUTPUT_NAMES = ("heatmaps", "pafs")
"""What the bundled ONNX network calls its input and its two outputs."""

REMEDY = "reinstall the game or make the file anew with python -m tools.convert_openpose"


class DanceError(Exception):
    """Base of every error one can act on; the text says what, where, what to do."""


class NetworkError(DanceError):
    """A network or its input cannot be used."""


@dataclass(frozen=True, slots=True, eq=False)
class Letterbox:
    """How a picture was placed into the network's input.

    ``input = (image + 0.5) * scale - 0.5 + pad``. A crop has a negative pad; pixel
    centres lie on whole numbers.
    """

    scale: float
    pad_x: float
    pad_y: float

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"a letterbox needs a scale above 0, got {self.scale}")

    def to_image(self, xy: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return (N, 2) points of the picture in px for (N, 2) points of the input in px."""
        pad = np.array([self.pad_x, self.pad_y])
        points: NDArray[np.float32] = ((xy - pad + 0.5) / self.scale - 0.5).astype(np.float32)
        return points

    def to_input(self, xy: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return (N, 2) points of the input in px for (N, 2) points of the picture in px."""
        pad = np.array([self.pad_x, self.pad_y])
        points: NDArray[np.float32] = ((xy + 0.5) * self.scale - 0.5 + pad).astype(np.float32)
        return points


@dataclass(frozen=True, slots=True, eq=False)
class PoseMaps:
    """What the network saw.

    Attributes
    ----------
    heat : float32 (19, h, w), about 0..1
        One heat map per joint in OpenPose's COCO-18 order; channel 18 is the background.
    limb : float32 (38, h, w)
        Part affinity: x and y of each limb's direction; channels are named in ``BODY``.
    box : Letterbox
        How the picture was placed into the input.
    image_size : (int, int)
        Height and width of the picture, px.
    stride : int
        Input px per map cell; ``x_input = (x_map + 0.5) * stride - 0.5``.
    """

    heat: NDArray[np.float32]
    limb: NDArray[np.float32]
    box: Letterbox
    image_size: tuple[int, int]
    stride: int = STRIDE

    def __post_init__(self) -> None:
        h, w = self.heat.shape[-2:]
        for array, channels in ((self.heat, HEAT_CHANNELS), (self.limb, LIMB_CHANNELS)):
            if array.shape != (channels, h, w) or array.dtype != np.float32:
                raise ValueError(
                    f"pose maps are float32 ({channels}, {h}, {w}), "
                    f"got {array.dtype} {array.shape}"
                )
            array.flags.writeable = False


class PoseNetwork(Protocol):
    """A network loaded into a runtime."""

    @property
    def name(self) -> str:
        """The network, e.g. ``openpose-thin``."""

    @property
    def runtime(self) -> str:
        """Runtime, version, device and threads, e.g. ``OpenVINO 2026.4 CPU, 1 thread``."""

    def infer(
        self, tensor: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return heat (19, h, w) and limb (38, h, w) maps for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where H or W is no multiple of 8 or the dtype is not float32.
        """


class Vision(Protocol):
    """A network with its eyes: picture in, maps out."""

    @property
    def name(self) -> str:
        """The network's name."""

    @property
    def runtime(self) -> str:
        """The runtime in words."""

    @property
    def reason(self) -> str:
        """Why this runtime was chosen, one sentence for the log and the window."""

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region (None: all) of a uint8 (H, W, 3) BGR picture.

        ``size`` is the input's (height, width) in px, multiples of 8.
        """


def check_input(tensor: NDArray[np.float32]) -> None:
    """Raise NetworkError unless a tensor is float32 (1, 3, H, W), H and W multiples of 8."""
    shape, dtype = tensor.shape, tensor.dtype
    if dtype != np.float32 or tensor.ndim != 4 or shape[:2] != (1, 3):
        raise NetworkError(
            f"the network's input is float32 (1, 3, H, W), got {dtype} {shape}; "
            "let PoseVision make it from a picture"
        )
    height, width = shape[2:]
    if height < STRIDE or width < STRIDE or height % STRIDE or width % STRIDE:
        raise NetworkError(
            f"the network's input is {height} px high and {width} px wide; "
            f"choose multiples of {STRIDE} above 0"
        )


def check_names(model: Path, inputs: Collection[str], outputs: Collection[str]) -> None:
    """Raise NetworkError unless a loaded model has the bundled network's input and outputs."""
    if set(inputs) != {INPUT_NAME} or set(outputs) != set(OUTPUT_NAMES):
        raise NetworkError(
            f"{model}: this is another network ({sorted(inputs)} to {sorted(outputs)}, "
            f"not {INPUT_NAME} to {' and '.join(OUTPUT_NAMES)}); {REMEDY}"
        )
