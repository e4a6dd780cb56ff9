"""The words shared by networks and game: what a network sees, and the base of our errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Region = tuple[float, float, float, float]
"""A rectangle of a picture in px: left, top, right, bottom; may reach beyond the picture."""

LIMB_CHANNELS = {19: 38, 26: 52}
"""Heat maps (joints and background) -> part-affinity maps: COCO's 18 joints, BODY_25's 25."""

PERSON_HEAT = 17
"""Heat maps of a top-down network: COCO's 17 joints."""

STRIDE = 8
"""Input px per map cell of OpenPose; only for multiples of it the ONNX pads as its makers did."""

FAINT: Final = 0.03
"""No lower peak is looked at: half of the network's noise lies below."""

PERSON_STRIDE = 4
"""Input px per map cell of MoveNet and BlazePose."""


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
class Upright:
    """A square of a picture about somebody's hips, turned so that they stand upright in it.

    Attributes
    ----------
    middle : (float, float)
        The middle of the hips, px of the picture; x, y.
    up : (float, float)
        From there to the shoulders, of length 1.
    side : float
        Of the square, px of the picture.
    """

    middle: tuple[float, float]
    up: tuple[float, float]
    side: float

    def __post_init__(self) -> None:
        numbers = (*self.middle, *self.up, self.side)
        if not all(math.isfinite(number) for number in numbers) or not self.side > 0:
            raise ValueError(f"a square has a place and a side above 0, got {numbers}")


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """How a turned square of a picture was placed into the network's input.

    ``matrix`` float64 (2, 3) takes px of the picture to px of the input; pixel centres lie on
    whole numbers.
    """

    matrix: NDArray[np.float64]

    @property
    def scale(self) -> float:
        """Px of the input per px of the picture."""
        return float(np.hypot(*self.matrix[0, :2]))

    def to_image(self, xy: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return (N, 2) points of the picture in px for (N, 2) points of the input in px."""
        turn = self.matrix[:, :2]
        points: NDArray[np.float32] = np.linalg.solve(
            turn, (xy - self.matrix[:, 2]).T
        ).T.astype(np.float32)
        return points


@dataclass(frozen=True, slots=True, eq=False)
class PoseMaps:
    """What the network saw.

    Attributes
    ----------
    heat : float32 (19, h, w), about 0..1
        One heat map per joint in OpenPose's COCO-18 order; the last is the background. A
        BODY_25 network has 26.
    limb : float32 (38, h, w)
        Part affinity: x and y of each limb's direction; channels are named in
        ``engines/anatomy.py``. A BODY_25 network has 52.
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

    @property
    def heats(self) -> int:
        """How many heat maps there are: 19, or 26 of a BODY_25 network."""
        return len(self.heat)

    def __post_init__(self) -> None:
        h, w = self.heat.shape[-2:]
        heats = self.heat.shape[0] if self.heat.shape[0] in LIMB_CHANNELS else 19
        for array, channels in ((self.heat, heats), (self.limb, LIMB_CHANNELS[heats])):
            if array.shape != (channels, h, w) or array.dtype != np.float32:
                raise ValueError(
                    f"pose maps are float32 ({channels}, {h}, {w}), "
                    f"got {array.dtype} {array.shape}"
                )
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a GPU drew out of pose maps: their peaks, and how well each pair of them is linked.

    Attributes
    ----------
    joint : intp (P,)
        The network's joint of each peak, rising.
    xy : float32 (P, 2), cells
        Where the peaks are.
    height : float32 (P,), about 0..1
        Their heat, all above ``FAINT``.
    strength : float32 (Q,)
        Mean affinity, less what too long a line costs, of every pair that could be a limb: limb
        after limb, each a table of (peaks of its first joint, peaks of its second) in row order.
    support : uint8 (Q,), 0..10
        How many samples along the pair's line have affinity.
    heats : int
        Heat maps of the network, 19 or 26.
    box, image_size, stride
        As in ``PoseMaps``.
    """

    joint: NDArray[np.intp]
    xy: NDArray[np.float32]
    height: NDArray[np.float32]
    strength: NDArray[np.float32]
    support: NDArray[np.uint8]
    heats: int
    box: Letterbox
    image_size: tuple[int, int]
    stride: int = STRIDE

    def __post_init__(self) -> None:
        peaks = len(self.joint)
        if self.xy.shape != (peaks, 2) or self.height.shape != (peaks,):
            raise ValueError(f"{peaks} peaks have {self.xy.shape} and {self.height.shape}")
        if self.support.shape != self.strength.shape:
            raise ValueError(
                f"pairs have strengths {self.strength.shape} and supports {self.support.shape}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class PersonMaps:
    """What a top-down network saw: one person in a crop, joints in COCO-17 order.

    Attributes
    ----------
    centre : float32 (h, w), 0..1
        How likely a person's middle lies in a cell.
    heat : float32 (17, h, w), 0..1
        One heat map per joint.
    regression : float32 (34, h, w), cells
        From a person's middle to each joint.
    offset : float32 (34, h, w), cells
        From a joint's cell to the joint.
    box : Letterbox
        How the picture was placed into the input.
    image_size : (int, int)
        Height and width of the picture, px.
    stride : int
        Input px per map cell.
    """

    centre: NDArray[np.float32]
    heat: NDArray[np.float32]
    regression: NDArray[np.float32]
    offset: NDArray[np.float32]
    box: Letterbox
    image_size: tuple[int, int]
    stride: int = PERSON_STRIDE

    def __post_init__(self) -> None:
        h, w = self.centre.shape[-2:]
        for array, shape in (
            (self.centre, (h, w)),
            (self.heat, (PERSON_HEAT, h, w)),
            (self.regression, (2 * PERSON_HEAT, h, w)),
            (self.offset, (2 * PERSON_HEAT, h, w)),
        ):
            if array.shape != shape or array.dtype != np.float32:
                raise ValueError(
                    f"a person's maps are float32 {shape}, got {array.dtype} {array.shape}"
                )
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class UprightMaps:
    """What a network for an upright person saw: one person, joints in COCO-17 order.

    Attributes
    ----------
    points : float32 (17, 2), px of the input
        x and y of each joint.
    heat : float32 (17, h, w), 0..1
        One heat map per joint.
    presence : float, 0..1
        Whether there is anybody.
    box : Turned
        How the square was placed into the input.
    image_size : (int, int)
        Height and width of the picture, px.
    stride : int
        Input px per map cell.
    """

    points: NDArray[np.float32]
    heat: NDArray[np.float32]
    presence: float
    box: Turned
    image_size: tuple[int, int]
    stride: int = PERSON_STRIDE

    def __post_init__(self) -> None:
        heat = (PERSON_HEAT, *self.heat.shape[-2:])
        for array, shape in ((self.points, (PERSON_HEAT, 2)), (self.heat, heat)):
            if array.shape != shape or array.dtype != np.float32:
                raise ValueError(
                    f"an upright person's maps are float32 {shape}, "
                    f"got {array.dtype} {array.shape}"
                )
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class PersonJoints:
    """What a GPU drew out of a person's maps, upright or not: one joint of each kind.

    Attributes
    ----------
    cells : float32 (17, 2), cells
        x and y, in COCO-17 order; ``x_input = x_cells * stride``.
    height : float32 (17,), 0..1
        The joints' heat.
    box, image_size, stride
        As in ``PersonMaps``.
    """

    cells: NDArray[np.float32]
    height: NDArray[np.float32]
    box: Letterbox | Turned
    image_size: tuple[int, int]
    stride: int = PERSON_STRIDE

    def __post_init__(self) -> None:
        if self.cells.shape != (PERSON_HEAT, 2) or self.height.shape != (PERSON_HEAT,):
            raise ValueError(
                f"a person has {PERSON_HEAT} joints, got {self.cells.shape}, {self.height.shape}"
            )
