"""OpenPose weights that a player brings, as networks this game runs: read, translated, told apart.

OpenPose's own COCO-18 or BODY_25 files, or Lightweight OpenPose's PyTorch checkpoint. Both are only
read: no Caffe, no PyTorch, and a checkpoint's pickle is never run. ``onnx`` must be installed.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.errors import ModelError
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
    from pathlib import Path

MAX_TEXT_BYTES: Final = 1_000_000  # a prototxt; OpenPose's have 46 kB
MAX_WEIGHT_BYTES: Final = 256_000_000  # OpenPose's largest has 209 MB

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


def read_sources(files: list[Path]) -> list[Source]:
    """Return a checkpoint, or a prototxt and a caffemodel, whole; raises ModelError."""
    limits = [MAX_TEXT_BYTES, MAX_WEIGHT_BYTES][-len(files) :]
    return [_read(path, most) for path, most in zip(files, limits, strict=True)]


def _read(path: Path, most: int) -> Source:
    """Return a file whole; raise ModelError where it is larger than any we know."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as why:
        raise ModelError(f"{path}: {why.strerror}; check the path") from None
    if len(content) > most:
        told = "no such file of OpenPose is; check that you named the right one"
        raise ModelError(f"{path}: is larger than {most // 1_000_000} MB, {told}")
    return Source(path, content, hashlib.sha256(content).hexdigest())


def network_from(sources: list[Source]) -> Imported:
    """Return what ``read_sources`` read as ONNX; raise ModelError where it is another network."""
    return _from_caffe(*sources) if len(sources) == 2 else _from_checkpoint(*sources)


def _from_caffe(prototxt: Source, caffemodel: Source) -> Imported:
    """Return OpenPose's Caffe network as ONNX."""
    with _blaming(f"{prototxt.path}", GIVE_CAFFE):
        layers = layers_from_prototxt(prototxt.content)
    with _blaming(f"{caffemodel.path}", GIVE_CAFFE):
        blobs = blobs_from_caffemodel(caffemodel.content)
    with _blaming(f"{prototxt.path} with {caffemodel.path}", GIVE_CAFFE):
        translator = CaffeTranslator(blobs)
        translator.add(layers)
        kind = translator.kind()
        hashes = f"prototxt {prototxt.sha256}, caffemodel {caffemodel.sha256}"
        content = translator.model_bytes(_notes(kind.title, hashes))
    return Imported(kind.name, content, CAFFE_LICENCE)


def _from_checkpoint(source: Source) -> Imported:
    """Return Lightweight OpenPose as ONNX."""
    with _blaming(f"{source.path}", GIVE_CHECKPOINT):
        translator = lightweight.LightweightTranslator(checkpoint_from_bytes(source.content))
        title = _notes(lightweight.TITLE, f"checkpoint {source.sha256}")
        content = translator.model_bytes(title)
    return Imported(lightweight.NAME, content, CHECKPOINT_LICENCE)


def _notes(title: str, hashes: str) -> dict[str, str]:
    """Return the metadata that tells where a network came from."""
    return {"kpopdance.source": title, "kpopdance.sha256": hashes}


@contextmanager
def _blaming(what: str, give: str) -> Iterator[None]:
    """Complete a WeightsError to a sentence: which file, what is wrong, what to do."""
    try:
        yield
    except WeightsError as why:
        raise ModelError(f"{what}: {why}; {give}") from why
