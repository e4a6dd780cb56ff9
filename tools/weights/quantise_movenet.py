"""Write the bundled one-person network in eight bits, from the one in sixteen.

``python -m tools.weights.quantise_movenet [--out FILE]`` counts in eight bits where MoveNet Thunder
convolves whole channels; depthwise, first and last convolutions stay as they are. How large numbers
get it learns from crops of the drawn dancer, in colours and light of many kinds: no photograph is
needed. With the same libraries on the same processor it writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.files import write_whole
from kpopdance.engines.formats import CLOSE_NETWORKS, INPUT_NAME, PERSON_PX
from kpopdance.engines.vision import tensor_from_image
from tools.weights.converting import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    import onnx
    from numpy.typing import NDArray

SOURCE: Final = CLOSE_NETWORKS["movenet_thunder"].file
OUT: Final = SOURCE.with_name("movenet_thunder_int8.onnx")
CROPS: Final = 48
FROM_S: Final = 10.0  # of the bundled song
EVERY_S: Final = 1.37  # hardly two crops of one beat


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 2 with one sentence on bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--out", type=Path, default=OUT, help="ONNX file (default: %(default)s)"
    )
    given = parser.parse_args(arguments)
    return run(lambda: written(given.out), SOURCE, "the bundled Thunder")


def written(out: Path) -> dict[Path, bytes]:
    """Write the ONNX file and return it."""
    result = quantised(SOURCE)
    write_whole(out, result)
    return {out: result}


def quantised(source: Path, crops: int = CROPS) -> bytes:
    """Return the bytes of a network in eight bits, its ranges learnt from so many crops."""
    import onnx
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Crops(CalibrationDataReader):  # type: ignore[misc]  # its package has no types
        def __init__(self) -> None:
            self._left = drawn_crops(crops)

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            return next(self._left, None)

    model = unfolded(onnx.load(source))
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save(model, whole)
        # Seven bits of the weights: without VNNI, AVX2 adds pairs of products in sixteen.
        quantize_static(
            whole, small, Crops(), quant_format=QuantFormat.QDQ, op_types_to_quantize=["Conv"],
            per_channel=True, reduce_range=True, activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8, nodes_to_exclude=left_whole(model),
        )  # fmt: skip
        result: bytes = onnx.load(small).SerializeToString(deterministic=True)
    return result


def unfolded(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a network with its float16 weights as float32, and a name for every node."""
    from onnx import numpy_helper

    graph = model.graph
    stored = {weight.name: weight for weight in graph.initializer}
    kept = []
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in stored:
            array = numpy_helper.to_array(stored[node.input[0]]).astype(np.float32)
            stored[node.input[0]].CopyFrom(numpy_helper.from_array(array, node.output[0]))
        else:
            node.name = node.output[0]
            kept.append(node)
    del graph.node[:]
    graph.node.extend(kept)
    return model


def left_whole(model: onnx.ModelProto) -> list[str]:
    """Return the convolutions that keep their bits: the first, the depthwise, the outputs' own."""
    made_by = {name: node for node in model.graph.node for name in node.output}
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    left = {convolutions[0].name}
    for node in convolutions:
        if any(each.name == "group" and each.i > 1 for each in node.attribute):
            left.add(node.name)
    for output in model.graph.output:
        node = made_by[output.name]
        while node.op_type != "Conv":
            node = made_by[node.input[0]]
        left.add(node.name)
    return sorted(left)


def drawn_crops(count: int, seed: int = 0) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Yield inputs of the network: the drawn dancer near and far, in other colours, light and noise."""
    from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
    from kpopdance.realtime.devices.drawn_person import OUTFITS
    from kpopdance.realtime.devices.drawn_picture import DrawnRoom
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.songpack import BUNDLED

    song = load_pack(BUNDLED / "neon-steps")
    dancer = DrawnDancer(song.members[song.lead])
    room, rng = DrawnRoom(dancer.picture), np.random.default_rng(seed)
    for number in range(count):
        joints = dancer.joints(FROM_S + EVERY_S * number)
        if joints is None:
            continue
        picture = room.take([(joints, OUTFITS[number % len(OUTFITS)])])
        low, high = np.nanmin(joints[:, :2], axis=0), np.nanmax(joints[:, :2], axis=0)
        half = float((high - low).max()) * rng.uniform(0.5, 0.95)
        x, y = (low + high) / 2 + half * rng.uniform(-0.15, 0.15, 2)
        region = (float(x - half), float(y - half), float(x + half), float(y + half))
        seen = _in_another_light(picture, number, rng)
        tensor, _ = tensor_from_image(seen, region=region, size=(PERSON_PX, PERSON_PX))
        yield {INPUT_NAME: tensor}


def _in_another_light(
    picture: NDArray[np.uint8], number: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    seen = picture.astype(np.float32) * rng.uniform(0.4, 1.3) + rng.uniform(-30, 50)
    if number % 2:
        seen = seen[:, :, rng.permutation(3)]
    if number % 3 == 0:
        seen = seen + rng.normal(0, rng.uniform(5, 40), seen.shape)
    lit: NDArray[np.uint8] = np.clip(seen, 0, 255).astype(np.uint8)
    return lit


if __name__ == "__main__":
    sys.exit(main())
