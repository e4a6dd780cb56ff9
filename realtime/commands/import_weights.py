"""``kpopdance import-weights``: OpenPose weights that you bring, as a network this game runs."""

from __future__ import annotations

import hashlib
import importlib
from typing import TYPE_CHECKING, Final

from platformdirs import user_data_path
from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import check_file, check_folder, refusing, write_beside
from kpopdance.engines.weights.importing import network_from, read_sources
from kpopdance.realtime.commands.speaking import print_result

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

PROGRESS_AFTER_S: Final = 2.0


def run(args: argparse.Namespace) -> int:
    """Import one network and say what was done."""
    if len(args.files) > 2:
        raise DanceError("give a prototxt and a caffemodel, or a checkpoint")
    try:
        importlib.import_module("onnx")
    except ModuleNotFoundError:
        told = "the onnx package is missing: pip install kpopdance[convert]"
        raise DanceError(told) from None
    _check_out(args)
    with tqdm(total=3, leave=False, delay=PROGRESS_AFTER_S, disable=None) as progress:
        sources = read_sources(args.files)
        progress.set_description("translating", refresh=False)
        progress.update()
        network = network_from(sources)
        progress.set_description("writing", refresh=False)
        progress.update()
        out = args.out or networks_folder() / f"{network.name}.onnx"
        _write(out, network.content)
    for source in sources:
        print_result(f"{source.path}  sha256 {source.sha256}")
    print_result(f"{out}  sha256 {hashlib.sha256(network.content).hexdigest()}")
    print_result(network.licence)
    print_result(f"Use it: kpopdance play --model {out}")
    return 0


def networks_folder() -> Path:
    """Return the folder of imported networks."""
    return user_data_path("kpopdance", appauthor=False) / "networks"


def _check_out(args: argparse.Namespace) -> None:
    """Refuse what could not be written, or would replace a source."""
    if args.out is None:
        check_folder(networks_folder())
    else:
        check_file(args.out, inputs=args.files)


def _write(out: Path, content: bytes) -> None:
    with refusing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_beside(out, content)
