"""The networks that look at one dancer each, on a GPU: time, agreement, the graph against plain work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kpopdance.engines.formats import BLAZEPOSE, CLOSE_NETWORKS, PERSON_PX
from kpopdance.engines.gpu.decoding import PersonDecoding, UprightDecoding
from kpopdance.engines.gpu.frame_pass import FramePass
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuUprightEye
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.placement import place, place_upright
from kpopdance.engines.ports import UprightVision
from kpopdance.engines.vision import PersonEye, UprightEye, size_of
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED as SONGS
from kpopdance.realtime.pose.tracker import box_of, crop_region
from kpopdance.realtime.pose.upright_person import upright_of
from kpopdance.realtime.pose.watcher import seen_closely
from tools.bench.run.gpu_networks import NO_NETWORK, best_network
from tools.bench.run.gpu_times import frame_times, look_times, percentiles, stage_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.formats import Format
    from kpopdance.engines.maps import Region, Upright
    from kpopdance.engines.placement import Placement, TurnedPlacement
    from kpopdance.engines.ports import CloseVision
    from tools.bench.run.gpu_times import Image

ON_A_GPU: Final = tuple(name for name in CLOSE_NETWORKS if not name.endswith("int8"))
SURE: Final = 0.3


class Dancer(NamedTuple):
    """The drawn dancer in a picture: the ``region`` of a crop, and where they stand ``upright``."""

    image: Image
    region: Region
    upright: Upright


def dancers(count: int, picture: tuple[int, int]) -> list[Dancer]:
    """Return moments of the bundled song, uint8 (H, W, 3) of ``picture`` (height, width)."""
    song = load_pack(SONGS / "neon-steps")
    dancer, room = DrawnDancer(song.members[song.lead], picture=picture), DrawnRoom(picture)
    shown = []
    for k in range(count):
        joints = dancer.joints(10.0 + 0.7 * k)
        upright = None if joints is None else upright_of(Pose(joints))
        if joints is not None and upright is not None:
            image = room.take([(joints, OUTFITS[0])], k)
            shown.append(Dancer(image, crop_region(box_of(Pose(joints))), upright))
    return shown


def close_figures(name: str, shown: list[Dancer], runs: int) -> dict[str, Any]:
    """Return what a network takes, and how far its joints lie from ONNX Runtime's in float32."""
    file, spoken, _ = CLOSE_NETWORKS[name]
    side = spoken.side or PERSON_PX
    decode = UprightDecoding if spoken is BLAZEPOSE else PersonDecoding
    network, refusals = best_network(file, decode, (side, side))
    stage, decoding = network.at_size((side, side))
    images, places = [one.image for one in shown], [_place(one, spoken, side) for one in shown]
    graph, plain = (
        FramePass(stage, decoding, size_of(images[0]), graphs=on) for on in (True, False)
    )
    told: dict[str, Any] = {
        "runtime": network.runtime, "refused": refusals, "graph_nodes": graph.nodes,
        "stages_us": stage_times(plain, stage, images[0], places[0], runs),
        "frame_ms": frame_times(graph, images, places[0], runs),
        "download": decoding.result.nbytes,
        "graph_equals_plain": np.array_equal(
            _rows(graph, images, places), _rows(plain, images, places)
        ),
    }  # fmt: skip
    if NO_NETWORK not in network.runtime:
        cpu = OnnxRuntimeNetwork(file, spoken, threads=2)
        eyes: tuple[CloseVision, CloseVision] = (
            (GpuUprightEye(network, ""), UprightEye(cpu, "")) if spoken is BLAZEPOSE
            else (GpuPersonEye(network, "", side), PersonEye(cpu, "", side))
        )  # fmt: skip
        told["joints_px"] = percentiles(joints_apart(*eyes, shown, side))
        told["look"] = look_times(
            lambda k: seen_closely(eyes[0], *shown[k % len(shown)]), runs, name
        )
    network.close()
    return told


def _place(one: Dancer, spoken: Format, side: int) -> Placement | TurnedPlacement:
    if spoken is BLAZEPOSE:
        return place_upright(one.image.shape, one.upright, side)
    return place(one.image.shape, one.region, (side, side))


def _rows(
    way: FramePass, images: list[Image], places: list[Placement | TurnedPlacement]
) -> list[NDArray[np.uint8]]:
    rows = []
    for image, at in zip(images, places, strict=True):
        way.submit(image, [at])
        rows.append(way.collect())
    return rows


def joints_apart(
    ours: CloseVision, theirs: CloseVision, shown: list[Dancer], side: int
) -> list[float]:
    """Return how far joints that both see, the other one surely, lie apart: about px of the input."""
    apart: list[float] = []
    for image, region, upright in shown:
        one, other = (seen_closely(eye, image, region, upright) for eye in (ours, theirs))
        sure = one.seen & (other.joints[:, 2] > SURE)
        scale = side / (
            upright.side if isinstance(theirs, UprightVision) else region[2] - region[0]
        )
        apart += list(np.linalg.norm((one.joints - other.joints)[sure, :2], axis=1) * scale)
    return apart
