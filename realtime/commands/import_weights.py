"""Turn OpenPose weights that you bring into a network this game runs.

``python -m tools.weights.import_weights PROTOTXT CAFFEMODEL`` takes OpenPose's own COCO-18 or
BODY_25 files, ``python -m tools.weights.import_weights CHECKPOINT`` Lightweight OpenPose's PyTorch
checkpoint. Both are only read: no Caffe, no PyTorch, and a checkpoint's pickle is never run.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from platformdirs import user_data_path
from tqdm import tqdm

from kpopdance.engines.files import write_whole
from kpopdance.engines.weights import lightweight_network as lightweight
from kpopdance.engines.weights.caffe_network import (
    CaffeTranslator,
    blobs_from_caffemodel,
    layers_from_prototxt,
)
from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.torch_checkpoint import checkpoint_from_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_BAD_INPUT: Final = 2
MAX_TEXT_BYTES: Final = 1_000_000  # a prototxt; OpenPose's have 46 kB
MAX_WEIGHT_BYTES: Final = 512_000_000  # OpenPose's largest has 209 MB
PROGRESS_AFTER_S: Final = 2.0

GIVE_CAFFE: Final = (
    "give pose_deploy_linevec.prototxt with pose_iter_440000.caffemodel (COCO) "
    "or pose_deploy.prototxt with pose_iter_584000.caffemodel (BODY_25) of OpenPose"
)
GIVE_CHECKPOINT: Final = (
    "give Lightweight OpenPose's checkpoint_iter_370000.pth, or OpenPose's prototxt and "
    "caffemodel together"
)
CAFFE_LICENCE: Final = (
    "OpenPose's own weights are for non-commercial research only; "
    "whether you may use them is yours to check and your choice."
)
CHECKPOINT_LICENCE: Final = (
    "The weights stay under the licence of the project they come from; "
    "whether you may use them is yours to check and your choice."
)


class Source(NamedTuple):
    """A file the user gave."""

    path: Path
    content: bytes
    sha256: str


class Imported(NamedTuple):
    """A network ready to be written."""

    name: str
    content: bytes
    licence: str


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 2 with one sentence on bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE",
        help="OpenPose's prototxt and caffemodel, or Lightweight OpenPose's checkpoint",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="ONNX file (default: among your networks)")
    given = parser.parse_args(arguments)
    if len(given.files) > 2:
        parser.error("give a prototxt and a caffemodel, or a checkpoint")
    try:
        importlib.import_module("onnx")
        run(given.files, given.out)
    except ModuleNotFoundError as why:
        if why.name != "onnx":
            raise
        print("the onnx package is missing: pip install kpopdance[convert]", file=sys.stderr)
        return EXIT_BAD_INPUT
    except WeightsError as why:
        print(why, file=sys.stderr)
        return EXIT_BAD_INPUT
    except OSError as why:
        print(f"{why.filename}: {why.strerror}; check the path", file=sys.stderr)
        return EXIT_BAD_INPUT
    return 0


def run(files: list[Path], out: Path | None) -> None:
    """Import one network and say what was done."""
    with tqdm(total=3, leave=False, delay=PROGRESS_AFTER_S, disable=None) as progress:
        limits = [MAX_TEXT_BYTES, MAX_WEIGHT_BYTES][-len(files) :]
        sources = [read_source(*pair) for pair in zip(files, limits, strict=True)]
        progress.set_description("translating", refresh=False)
        progress.update()
        network = import_caffe(*sources) if len(sources) == 2 else import_checkpoint(*sources)
        progress.set_description("writing", refresh=False)
        progress.update()
        out = writable_place(out, network, sources)
        try:
            write_whole(out, network.content)
        except OSError as why:
            told = f"{out}: cannot be written ({why.strerror}); choose another --out"
            raise WeightsError(told) from why
    for source in sources:
        print(f"{source.path}  sha256 {source.sha256}")
    print(f"{out}  sha256 {hashlib.sha256(network.content).hexdigest()}")
    print(network.licence)
    print(f"Use it: kpopdance play --model {out}")


def writable_place(out: Path | None, network: Imported, sources: list[Source]) -> Path:
    """Return where the network goes; raise WeightsError where that would replace a source."""
    if out is None:
        out = networks_folder() / f"{network.name}.onnx"
        out.parent.mkdir(parents=True, exist_ok=True)
    if any(out.resolve() == source.path.resolve() for source in sources):
        raise WeightsError(f"{out}: this is the file to read from; choose another --out")
    return out


def networks_folder() -> Path:
    """Return the folder of imported networks."""
    return user_data_path("kpopdance", appauthor=False) / "networks"


def read_source(path: Path, most: int) -> Source:
    """Return a file whole; raise WeightsError where it is larger than any we know."""
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        told = "no such file of OpenPose is; check that you named the right one"
        raise WeightsError(f"{path}: is larger than {most // 1_000_000} MB, {told}")
    return Source(path, content, hashlib.sha256(content).hexdigest())


def import_caffe(prototxt: Source, caffemodel: Source) -> Imported:
    """Return OpenPose's Caffe network as ONNX."""
    with blaming(f"{prototxt.path}", GIVE_CAFFE):
        layers = layers_from_prototxt(prototxt.content)
    with blaming(f"{caffemodel.path}", GIVE_CAFFE):
        blobs = blobs_from_caffemodel(caffemodel.content)
    with blaming(f"{prototxt.path} with {caffemodel.path}", GIVE_CAFFE):
        translator = CaffeTranslator(blobs)
        translator.add(layers)
        kind = translator.kind()
        hashes = f"prototxt {prototxt.sha256}, caffemodel {caffemodel.sha256}"
        content = translator.model_bytes(notes(kind.title, hashes))
    return Imported(kind.name, content, CAFFE_LICENCE)


def import_checkpoint(source: Source) -> Imported:
    """Return Lightweight OpenPose as ONNX."""
    with blaming(f"{source.path}", GIVE_CHECKPOINT):
        translator = lightweight.LightweightTranslator(checkpoint_from_bytes(source.content))
        title = notes(lightweight.TITLE, f"checkpoint {source.sha256}")
        content = translator.model_bytes(title)
    return Imported(lightweight.NAME, content, CHECKPOINT_LICENCE)


def notes(title: str, hashes: str) -> dict[str, str]:
    """Return the metadata that tells where a network came from."""
    return {"kpopdance.source": title, "kpopdance.sha256": hashes}


@contextmanager
def blaming(what: str, give: str) -> Iterator[None]:
    """Complete a WeightsError to a sentence: which file, what is wrong, what to do."""
    try:
        yield
    except WeightsError as why:
        raise WeightsError(f"{what}: {why}; {give}") from why


if __name__ == "__main__":
    sys.exit(main())
