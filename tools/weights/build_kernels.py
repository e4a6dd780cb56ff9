"""Build the GPU kernels: ``python -m tools.weights.build_kernels [--check]``; needs nvcc, not a GPU.

Compiles ``engines/gpu/kernels.cu`` for every target into one file, ``kernels.fatbin``, and writes
``kernels.json`` beside it: from which source, by which compiler, and what each kernel takes of the
GPU on each target. The same source and compiler give the same bytes. ``--check`` builds into a
temporary folder and compares.

nvcc is looked for in ``CUDA_ROOT`` and ``CUDA_HOME``, among the installed Python packages
(``pip install '.[kernels]'``) and on the PATH.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import write_whole
from kpopdance.engines.gpu.kernels import FACTS, FATBIN, KERNELS, SOURCE
from kpopdance.engines.gpu.sidecar import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CUBINS: Final = ("75", "80", "86", "89", "90", "100", "120")
PTX: Final = ("75", "120")
"""The driver compiles these for GPUs that are in between or newer."""
FLAGS: Final = ("-std=c++17", "-fmad=false", "-compress-mode=size", "-Xptxas=-v")
"""No fused multiply-add: the results are NumPy's."""
REGISTER_BUDGET: Final = 64
"""Of a thread: four blocks of 256 threads then share the 65536 registers of a multiprocessor."""
REFUSED: Final = 2  # exit code
REBUILD: Final = "python -m tools.weights.build_kernels"
INSTALL: Final = "pip install '.[kernels]', or set CUDA_ROOT to a CUDA toolkit 13"

Facts = dict[str, Any]


class KernelsNotBuilt(DanceError):
    """The kernels cannot be built or are not what was built; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Built:
    """The fatbin's bytes and the facts that belong beside it."""

    image: bytes
    facts: Facts

    def json(self) -> str:
        """Return the facts as the file holds them."""
        return json.dumps(self.facts, indent=1) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Build or check; return the exit code."""
    parser = argparse.ArgumentParser(prog=REBUILD, description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with what lies there")
    check = parser.parse_args(argv).check
    try:
        if check:
            print(check_kernels())
        else:
            built = build_kernels()
            write_whole(FATBIN, built.image)
            write_whole(FACTS, built.json())
            print(f"{FATBIN.name}: {len(built.image)} bytes; {FACTS.name} tells of them")
    except DanceError as why:
        print(why, file=sys.stderr)
        return REFUSED
    except OSError as why:
        print(f"the kernels cannot be read or written: {why}", file=sys.stderr)
        return REFUSED
    return 0


def find_nvcc() -> Path:
    """Return the CUDA compiler.

    Raises
    ------
    KernelsNotBuilt
        Where there is none.
    """
    program = "nvcc.exe" if os.name == "nt" else "nvcc"
    roots = [
        Path(os.environ[name]) for name in ("CUDA_ROOT", "CUDA_HOME") if os.environ.get(name)
    ]
    roots += [Path(place) / "nvidia" / "cu13" for place in sys.path]
    for root in roots:
        if (root / "bin" / program).is_file():
            return root / "bin" / program
    on_path = shutil.which("nvcc")
    if on_path is None:
        raise KernelsNotBuilt(f"no nvcc is found; {INSTALL}")
    return Path(on_path)


def nvcc_version(nvcc: Path) -> str:
    """Return the compiler's full version, e.g. ``13.0.88``.

    Raises
    ------
    KernelsNotBuilt
        Where it does not run.
    """
    told = _run([str(nvcc), "--version"])
    version = re.search(r"\bV(\d+\.\d+\.\d+)", told)
    if version is None:
        raise KernelsNotBuilt(f"{nvcc} tells no version; {INSTALL}")
    return version[1]


def build_kernels(source: Path = SOURCE) -> Built:
    """Return the kernels built for every target.

    Raises
    ------
    KernelsNotBuilt
        Where there is no nvcc, it refuses the source, or a kernel exceeds the register budget.
    """
    nvcc = find_nvcc()
    version = nvcc_version(nvcc)
    code = source.read_bytes()
    with tempfile.TemporaryDirectory(prefix="kernels-") as folder:
        # The same name in the same place: a path in the bytes would change them.
        (Path(folder) / SOURCE.name).write_bytes(code)
        used = usage(list(_compiled(nvcc, Path(folder))))
        refuse_greedy(used)
        image = (Path(folder) / FATBIN.name).read_bytes()
    facts = {
        "source_sha256": digest(code),
        "fatbin_sha256": digest(image),
        "nvcc": version,
        "flags": list(FLAGS),
        "targets": [f"sm_{arch}" for arch in CUBINS] + [f"compute_{arch}" for arch in PTX],
        "kernels": used,
    }
    return Built(image, facts)


def check_kernels(source: Path = SOURCE, fatbin: Path = FATBIN) -> str:
    """Return in a sentence that the kernels that lie there are those of the source.

    Raises
    ------
    KernelsNotBuilt
        Where they are not, or cannot be built.
    """
    facts = read_facts(fatbin.with_suffix(".json"))
    if facts["source_sha256"] != digest(source.read_bytes()):
        raise KernelsNotBuilt(f"{source} has changed since it was built; run {REBUILD}")
    image = fatbin.read_bytes() if fatbin.exists() else b""
    if facts["fatbin_sha256"] != digest(image):
        raise KernelsNotBuilt(f"{fatbin} is not what was built; run {REBUILD}")
    built = build_kernels(source)
    if built.facts["nvcc"] != facts["nvcc"]:
        return (
            f"the source is the one that nvcc {facts['nvcc']} built, and nvcc "
            f"{built.facts['nvcc']} builds it too; other versions give other bytes"
        )
    if built.image != image or built.facts != facts:
        raise KernelsNotBuilt(
            f"{fatbin} is not what nvcc {facts['nvcc']} makes of {source.name}; run {REBUILD}"
        )
    return f"nvcc {facts['nvcc']} builds the same {len(image)} bytes again"


def read_facts(path: Path) -> Facts:
    """Return what lies beside the fatbin.

    Raises
    ------
    KernelsNotBuilt
        Where it is missing or damaged.
    """
    try:
        facts: Any = json.loads(path.read_text(encoding="utf-8"))
        if not {"source_sha256", "fatbin_sha256", "nvcc"} <= facts.keys():
            raise ValueError("facts are missing")
    except (OSError, ValueError, AttributeError, RecursionError) as why:
        raise KernelsNotBuilt(f"{path} cannot be read ({why}); run {REBUILD}") from None
    return dict(facts)


def usage(report: Iterable[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Return registers, shared bytes and spills of each kernel on each target, as ptxas tells.

    Raises
    ------
    KernelsNotBuilt
        Where the report does not tell of every kernel on every target.
    """
    told: dict[str, dict[str, dict[str, int]]] = {}
    row: dict[str, int] = {}
    for line in report:
        if entry := re.search(r"Compiling entry function '(\w+)' for '(sm_\d+)'", line):
            row = told.setdefault(entry[2], {}).setdefault(entry[1], {})
        elif spills := re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line):
            row.update(spill_stores=int(spills[1]), spill_loads=int(spills[2]))
        elif used := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            row.update(registers=int(used[1]), shared_bytes=int(shared[1]) if shared else 0)
    whole = {f"sm_{arch}": {name: told.get(f"sm_{arch}", {}).get(name, {}) for name in KERNELS}
             for arch in CUBINS}  # fmt: skip
    if any(len(row) != 4 for rows in whole.values() for row in rows.values()):
        raise KernelsNotBuilt(
            "nvcc's report does not tell of every kernel; use the nvcc that kernels.json names"
        )
    return {target: {name: dict(sorted(row.items())) for name, row in rows.items()}
            for target, rows in whole.items()}  # fmt: skip


def refuse_greedy(used: dict[str, dict[str, dict[str, int]]]) -> None:
    """Raise KernelsNotBuilt where a kernel spills registers or takes more than the budget."""
    for target, rows in used.items():
        for name, row in rows.items():
            if row["spill_stores"] or row["spill_loads"] or row["registers"] > REGISTER_BUDGET:
                raise KernelsNotBuilt(
                    f"{name} takes {row['registers']} registers on {target} and spills "
                    f"{row['spill_stores']} bytes; at most {REGISTER_BUDGET} and 0, split it"
                )


def _compiled(nvcc: Path, folder: Path) -> Iterator[str]:
    """Yield nvcc's report line by line, and say which target it is at."""
    targets = [f"-gencode=arch=compute_{arch},code=sm_{arch}" for arch in CUBINS]
    targets += [f"-gencode=arch=compute_{arch},code=compute_{arch}" for arch in PTX]
    command = [str(nvcc), "-fatbin", *FLAGS, *targets, "-o", FATBIN.name, SOURCE.name]
    told: list[str] = []
    begun: set[str] = set()
    with subprocess.Popen(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout or ():
            told.append(line)
            target = re.search(r"for '(sm_\d+)'", line)
            if target and target[1] not in begun:
                begun.add(target[1])
                print(f"{target[1]} ({len(begun)} of {len(CUBINS)})", flush=True)
            yield line
    if process.returncode != 0:
        reason = next((line for line in told if "error" in line), "".join(told[-1:])).strip()
        raise KernelsNotBuilt(f"nvcc refuses {SOURCE.name}: {reason or 'it gives no reason'}")


def _run(command: list[str]) -> str:
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as why:
        raise KernelsNotBuilt(f"{command[0]} does not run ({why}); {INSTALL}") from None
    return told.stdout


if __name__ == "__main__":
    sys.exit(main())
