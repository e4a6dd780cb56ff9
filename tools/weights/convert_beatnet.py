"""Write the bundled beat network from BeatNet's checkpoint, without PyTorch.

``python -m tools.weights.convert_beatnet FILE FILE`` reads ``BeatNet/models/model_1_weights.pt`` and
``model_2_weights.pt`` of the package BeatNet 1.1.3, unpacked, joins the two biases of each layer of LSTM
cells, turns each matrix so that rows come in, and writes all in half precision: the same bytes every
time.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.beat_network import CELLS, FILE, KERNEL, LAYERS
from kpopdance.engines.files import write_whole
from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.torch_checkpoint import checkpoint_from_bytes
from tools.weights.converting import GraphError, read_whole, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MOST_BYTES: Final = 4_000_000
FEATURES: Final = 2 * 136
CHANNELS: Final = 2
POOLED: Final = CHANNELS * ((FEATURES - KERNEL + 1) // 2)
SHAPES: Final = {
    "conv1.weight": (CHANNELS, 1, KERNEL), "conv1.bias": (CHANNELS,),
    "linear0.weight": (CELLS, POOLED), "linear0.bias": (CELLS,),
    "linear.weight": (3, CELLS), "linear.bias": (3,),
} | {
    f"lstm.{kind}_l{layer}": shape
    for layer in range(LAYERS)
    for kind, shape in {
        "weight_ih": (4 * CELLS, CELLS), "weight_hh": (4 * CELLS, CELLS),
        "bias_ih": (4 * CELLS,), "bias_hh": (4 * CELLS,),
    }.items()
}  # fmt: skip
"""What the checkpoint holds."""
WRITTEN_AT: Final = (1980, 1, 1, 0, 0, 0)


def main(words: Sequence[str] | None = None) -> int:
    """Convert; 2 with one sentence on bad input."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--out", type=Path, default=FILE)
    asked = parser.parse_args(words)

    def convert() -> dict[Path, bytes]:
        sources = {path: read_whole(path, MOST_BYTES) for path in asked.files}
        each = [weights_from(source) for source in sources.values()]
        written = npz_of({name: np.stack([one[name] for one in each]) for name in each[0]})
        write_whole(asked.out, written)
        return {**sources, asked.out: written}

    return run(convert, asked.files[0], "BeatNet's model_1_weights.pt and others of it")


def weights_from(content: bytes) -> dict[str, Floats]:
    """Return the network's weights as ``engines/beat_network.py`` multiplies them.

    Raises
    ------
    GraphError
        Where the checkpoint is another one's.
    """
    try:
        checkpoint = checkpoint_from_bytes(content)
        told = {name: checkpoint.array(name) for name in SHAPES if name in checkpoint.tensors}
    except WeightsError as why:
        raise GraphError(str(why)) from None
    if {name: array.shape for name, array in told.items()} != SHAPES:
        raise GraphError("is no checkpoint of BeatNet's network")
    weights = {
        "near": told["conv1.weight"][:, 0].T, "near_bias": told["conv1.bias"],
        "within": told["linear0.weight"].T, "within_bias": told["linear0.bias"],
        "out": told["linear.weight"].T, "out_bias": told["linear.bias"],
    }  # fmt: skip
    for layer in range(LAYERS):
        weights[f"into_{layer}"] = told[f"lstm.weight_ih_l{layer}"].T
        weights[f"again_{layer}"] = told[f"lstm.weight_hh_l{layer}"].T
        biases = (told[f"lstm.bias_{kind}_l{layer}"] for kind in ("ih", "hh"))
        weights[f"bias_{layer}"] = sum(biases, np.zeros(4 * CELLS, np.float32))
    return weights


def npz_of(weights: dict[str, Floats]) -> bytes:
    """Return weights as a file of numpy's, in half precision."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, array in weights.items():
            one = io.BytesIO()
            np.save(one, np.ascontiguousarray(array, np.float16), allow_pickle=False)
            packed.writestr(
                zipfile.ZipInfo(f"{name}.npy", WRITTEN_AT), one.getvalue(), zipfile.ZIP_DEFLATED
            )
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
