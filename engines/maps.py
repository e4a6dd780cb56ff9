"""The words shared by networks and game: what a network sees, and the base of our errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

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
"""Input px per map cell of MoveNet."""

PERSON_PX = 256
"""Side of MoveNet Thunder's input."""

INPUT_NAME = "image"


class DanceError(Exception):
    """Base of every error one can act on; the text says what, where, what to do."""


class NetworkError(DanceError):
    """A network or its input cannot be used."""


class ModelError(NetworkError):
    """A network's file cannot be used, in whatever runtime."""


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
class PersonJoints:
    """What a GPU drew out of a person's maps: one joint of each kind.

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
    box: Letterbox
    image_size: tuple[int, int]
    stride: int = PERSON_STRIDE

    def __post_init__(self) -> None:
        if self.cells.shape != (PERSON_HEAT, 2) or self.height.shape != (PERSON_HEAT,):
            raise ValueError(
                f"a person has {PERSON_HEAT} joints, got {self.cells.shape}, {self.height.shape}"
            )


class Format(NamedTuple):
    """How a kind of network is spoken to.

    Attributes
    ----------
    outputs : tuple of str
        What the ONNX file calls its outputs, in our order.
    side : int or None
        The only height and width of the input, px; None takes any multiples of ``STRIDE``.
    maker : str
        The command that makes such a file.
    """

    outputs: tuple[str, ...]
    side: int | None
    maker: str


OPENPOSE = Format(("heatmaps", "pafs"), None, "python -m tools.convert_openpose")
MOVENET = Format(
    ("centre", "heat", "regression", "offset"), PERSON_PX, "python -m tools.convert_movenet"
)


class PoseNetwork(Protocol):
    """A network loaded into a runtime."""

    @property
    def name(self) -> str:
        """The network, e.g. ``openpose-thin``."""

    @property
    def runtime(self) -> str:
        """Runtime, version, device and threads, e.g. ``OpenVINO 2026.4 CPU, 1 thread``."""

    def infer(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the maps (channels, h, w) of its format for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where the network does not take that size or dtype.
        """


class Seer(Protocol):
    """A network with its eyes, in words."""

    @property
    def name(self) -> str:
        """The network's name."""

    @property
    def runtime(self) -> str:
        """The runtime in words."""

    @property
    def reason(self) -> str:
        """Why this runtime was chosen, one sentence for the log and the window."""


class Vision(Seer, Protocol):
    """A bottom-up network with its eyes: picture in, maps of everybody out."""

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region (None: all) of a uint8 (H, W, 3) BGR picture.

        ``size`` is the input's (height, width) in px, multiples of 8.
        """


@runtime_checkable
class Finder(Protocol):
    """Eyes that draw the candidates out of the maps themselves, where the maps are."""

    def find(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps | Candidates:
        """Return the candidates of a region, or its maps where there are too many; see ``Vision``."""


class PersonVision(Seer, Protocol):
    """A top-down network with its eyes: one person's crop in, that person's maps out."""

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the maps of the person in a region of a uint8 (H, W, 3) BGR picture."""


@runtime_checkable
class PersonFinder(Protocol):
    """Eyes that draw one person's joints out of the maps themselves, where the maps are."""

    def find_person(
        self, image: NDArray[np.uint8], *, region: Region
    ) -> PersonJoints | PersonMaps:
        """Return the joints of the person in a region, or the maps; see ``PersonVision``."""


@runtime_checkable
class Fallible(Protocol):
    """Eyes that may fail while they see, and then see through another runtime."""

    @property
    def failure(self) -> str:
        """What failed, in a few words; empty while all is well."""


NETWORKS: Final = ("auto", "openpose", "movenet")
"""What a player may wish for: by cost, OpenPose alone, MoveNet for every dancer followed."""


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """The networks the game sees with.

    Attributes
    ----------
    everybody : Vision
        Bottom-up: finds all people, at one price.
    one : PersonVision or None
        Top-down: one dancer's crop, more exact, at a price for each dancer.
    wish : str
        One of ``NETWORKS``.
    trouble : str
        Why there is no top-down network though one was wished for; empty otherwise.
    """

    everybody: Vision
    one: PersonVision | None
    wish: str = "auto"
    trouble: str = ""

    @property
    def name(self) -> str:
        """The networks' names."""
        return (
            self.everybody.name
            if self.one is None
            else f"{self.everybody.name} + {self.one.name}"
        )

    @property
    def runtime(self) -> str:
        """The runtime in words."""
        runtimes = [self.everybody.runtime] + ([] if self.one is None else [self.one.runtime])
        return " + ".join(dict.fromkeys(runtimes))

    @property
    def failure(self) -> str:
        """What failed since the start, so that another runtime sees now; empty if nothing did."""
        eyes: tuple[object, ...] = (self.everybody, self.one)
        told = [eye.failure for eye in eyes if isinstance(eye, Fallible)]
        return next(filter(None, told), "")

    @property
    def reason(self) -> str:
        """Why these runtimes and networks, one sentence for the log and the window."""
        why = [self.everybody.reason, "" if self.one is None else self.one.reason, self.trouble]
        return "; ".join(filter(None, dict.fromkeys(why)))


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
        return f"reinstall the game or make the file anew with {spoken.maker}"
    return "give another file; python -m tools.import_weights makes one of OpenPose's weights"
