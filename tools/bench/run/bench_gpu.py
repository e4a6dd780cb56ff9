"""Measure and check the whole way over an NVIDIA GPU; writes a dated record to tests/records.

Kernels against NumPy and OpenCV (``pytest -m gpu``), maps and joints against ONNX Runtime in
float32, the graph against plain work, each stage's time by CUDA events, frames per second, bytes
moved, the share of the card's roofline, and a soak; times and agreement of every network that looks
at one dancer, and looks by onnxruntime-ep-nv-tensorrt-rtx beside, where that is installed.
``--soak 600`` is the ten minutes that show growth; the usual minute shows that it runs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from tqdm import tqdm

from kpopdance.engines.choose import BUNDLED
from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import write_whole
from kpopdance.engines.formats import OPENPOSE
from kpopdance.engines.gpu.decoding import PeopleDecoding
from kpopdance.engines.gpu.frame_pass import SLOTS, FramePass
from kpopdance.engines.gpu.probe import probe_gpu
from kpopdance.engines.gpu.vision import GpuVision
from kpopdance.engines.maps import STRIDE
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.placement import place
from kpopdance.engines.version import our_version
from kpopdance.engines.vision import PoseVision
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.skeletons import assemble
from tools.bench.run.gpu_close import ON_A_GPU, close_figures, dancers
from tools.bench.run.gpu_networks import NO_NETWORK, best_network
from tools.bench.run.gpu_provider import provider_figures
from tools.bench.run.gpu_times import frame_times, percentiles, stage_times, throughput, timed

if TYPE_CHECKING:
    from kpopdance.engines.gpu.sized_network import SizedNetwork
    from kpopdance.engines.placement import Placement
from tools.bench.run.gpu_times import Image

SIZE: Final = (368, 432)
PICTURE: Final = (720, 1280)
RUNS: Final = 500
PICTURES: Final = 12
CLOSE_PICTURES: Final = 5  # of them are seen by every network that looks at one dancer
MAPS_AT_MOST: Final = 2e-2
JOINTS_AT_MOST_PX: Final = 1.0
GROWTH_AT_MOST: Final = 8 << 20  # bytes of the GPU's memory that a soak may take
RECORDS: Final = Path(__file__).parents[3] / "tests" / "records"
ATTRIBUTES: Final = {"sms": 16, "clock_khz": 13, "memory_clock_khz": 36, "bus_bits": 37}
"""CUdevice_attribute numbers of the driver's manual, section 6.5."""


def main(words: list[str] | None = None) -> int:
    """Measure, print and write the record; 0 where every check held, 1 where one failed, 2: no GPU."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RECORDS, help="folder of the record")
    parser.add_argument("--runs", type=int, default=RUNS, help="frames of each measurement")
    parser.add_argument("--soak", type=float, default=60.0, help="seconds")
    parser.add_argument("--no-tests", action="store_true", help="leave out pytest -m gpu")
    parser.add_argument("--model", type=Path, default=BUNDLED, help="an OpenPose ONNX file")
    parser.add_argument("--size", type=_size, default=SIZE, metavar="HxW", help="input, px")
    parser.add_argument("--close", nargs="*", choices=ON_A_GPU, default=ON_A_GPU,
                        help="which networks that look at one dancer (default: all)")  # fmt: skip
    args = parser.parse_args(words)
    try:
        record = measured(args)
    except DanceError as why:
        print(why, file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9]+", "-", record["gpu"]["name"]).strip("-").lower()
    path = args.out / f"gpu-{record['date'][:10]}-{name}.json"
    write_whole(path, json.dumps(record, indent=1) + "\n")
    print(words_of(record), f"wrote {path}", sep="\n")
    return 0 if all(record["held"].values()) else 1


def _size(text: str) -> tuple[int, int]:
    height, width = (int(part) for part in text.split("x"))
    if height % STRIDE or width % STRIDE or min(height, width) < STRIDE:
        raise ValueError(f"choose multiples of {STRIDE}")
    return height, width


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Return the record."""
    gpu, began = probe_gpu(), perf_counter()
    height, width = args.size
    network, refusals = best_network(args.model, PeopleDecoding, (height, width))
    stage, decoding = network.at_size((height, width))
    shown = dancers(PICTURES, PICTURE)
    pictures = [each.image for each in shown]
    at = place(pictures[0].shape, None, (height, width))
    graph = FramePass(stage, decoding, PICTURE)
    plain = FramePass(stage, decoding, PICTURE, graphs=False)
    vision = GpuVision(network, "measured")
    card = attributes()
    record: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "version": our_version(),
        "gpu": {"name": gpu.name, "capability": gpu.capability, "driver": gpu.driver, **card},
        "runtime": network.runtime, "refused": refusals, "network": args.model.stem,
        "input": [height, width], "picture": list(PICTURE), "runs": args.runs,
        "graph_nodes": graph.nodes,
        "stages_us": stage_times(plain, stage, pictures[0], at, args.runs),
        "frame_ms": frame_times(graph, pictures, at, args.runs),
        "skeletons_ms": skeleton_times(vision, pictures, (height, width), args.runs),
        "frames_per_s": {n: throughput(graph, pictures, at, args.runs, n) for n in range(1, SLOTS + 1)},
        "bytes": bytes_moved(stage, decoding),
    }  # fmt: skip
    record["roofline"] = roofline(record, args.model, (height, width))
    record["agreement"] = agreement(vision, args.model, pictures, (height, width))
    record["graph_equals_plain"] = same_work(graph, plain, decoding, pictures, at)
    record["soak"] = soak(vision, stage, pictures, (height, width), args.soak)
    network.close()
    record["close"] = {
        name: close_figures(name, shown[:CLOSE_PICTURES], args.runs) for name in args.close
    }
    record["provider"] = provider_figures(args.close, shown, args.runs)
    record["tests"] = "left out" if args.no_tests else gpu_tests()
    record["compute_sanitizer"] = "left out" if args.no_tests else sanitized()
    record["held"] = held(record)
    record["took_s"] = round(perf_counter() - began)
    return record


def held(record: dict[str, Any]) -> dict[str, bool]:
    """Return which checks held."""
    real = NO_NETWORK not in record["runtime"]
    agree = record["agreement"]
    found = {
        "graph equals plain work": record["graph_equals_plain"],
        "no growth": record["soak"]["bytes_taken"] <= GROWTH_AT_MOST,
        "kernel tests": "failed" not in record["tests"] and "error" not in record["tests"],
        "compute-sanitizer": "found" not in record["compute_sanitizer"],
    }
    if real:
        found["captured as a graph"] = record["graph_nodes"] > 0 or record[
            "runtime"
        ].startswith("ONNX Runtime")
        found["maps"] = agree["maps_apart"] <= MAPS_AT_MOST
        found["joints"] = agree["joints_px"]["p95"] <= JOINTS_AT_MOST_PX
    for name, told in record["close"].items():
        found[f"{name}, graph equals plain work"] = told["graph_equals_plain"]
        if "joints_px" in told:
            found[f"{name}, joints"] = told["joints_px"]["p95"] <= JOINTS_AT_MOST_PX
    return found


def skeleton_times(
    vision: GpuVision, pictures: list[Image], size: tuple[int, int], runs: int
) -> dict[str, float]:
    """Return milliseconds from a picture in memory to skeletons, the computer's clock."""

    def frame(k: int) -> None:
        seen = vision.find(pictures[k % len(pictures)], region=None, size=size)
        complete(assemble(seen), seen)

    return timed(frame, runs, "skeletons")


def bytes_moved(stage: SizedNetwork, decoding: PeopleDecoding) -> dict[str, int]:
    """Return the bytes of a frame, over the bus and at least in the GPU's memory by each kernel."""
    picture = PICTURE[0] * PICTURE[1] * 3
    maps = sum(port.nbytes for port in stage.engine.outlets.values())
    return {
        "upload": picture + stage.crops * decoding.cutting.row.itemsize,
        "download": decoding.result.nbytes,
        "cut": picture + stage.engine.inlet.nbytes,
        "decode": maps + decoding.result.nbytes, "maps_not_downloaded": maps,
    }  # fmt: skip


def roofline(record: dict[str, Any], model: Path, size: tuple[int, int]) -> dict[str, float]:
    """Return which share of the card's bandwidth or float32 arithmetic each stage reaches, 0..1."""
    card, stages, moved = record["gpu"], record["stages_us"], record["bytes"]
    share = {
        name: moved[name] / (stages[name]["p50"] * 1e-6) / (card["bandwidth_gb_s"] * 1e9)
        for name in ("cut", "decode")
        if stages[name]["p50"] > 0 and card["bandwidth_gb_s"] > 0
    }
    flops = network_flops(model, size)
    peak = (
        card["sms"] * 128 * 2 * card["clock_khz"] * 1e3
    )  # 128 lanes, since compute capability 8.6
    if NO_NETWORK not in record["runtime"] and peak and stages["network"]["p50"] > 0:
        share["network_of_fp32_peak"] = flops / (stages["network"]["p50"] * 1e-6) / peak
    return {name: round(value, 4) for name, value in share.items()} | {
        "network_gflop": flops / 1e9
    }


def network_flops(model: Path, size: tuple[int, int]) -> float:
    """Return the multiplications and additions of a network's convolutions at an input size."""
    net = onnx.load(model)
    for place_, value in zip(
        net.graph.input[0].type.tensor_type.shape.dim, (1, 3, *size), strict=True
    ):
        place_.Clear()
        place_.dim_value = value
    net = onnx.shape_inference.infer_shapes(net)
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim]
              for v in (*net.graph.value_info, *net.graph.output)}  # fmt: skip
    weights = {w.name: list(w.dims) for w in net.graph.initializer}
    total = 0.0
    for node in net.graph.node:
        if node.op_type == "Conv" and node.output[0] in shapes:
            total += 2.0 * np.prod(shapes[node.output[0]]) * np.prod(weights[node.input[1]][1:])
    return float(total)


def agreement(
    vision: GpuVision, model: Path, pictures: list[Image], size: tuple[int, int]
) -> dict[str, Any]:
    """Return how far maps and joints lie from ONNX Runtime's in float32 on the same pictures."""
    reference = PoseVision(OnnxRuntimeNetwork(model, OPENPOSE, threads=2), "reference")
    maps_apart, joints = 0.0, []
    for image in pictures:
        ours, theirs = (eye.see(image, region=None, size=size) for eye in (vision, reference))
        maps_apart = max(maps_apart, float(np.abs(ours.heat - theirs.heat).max()))
        found = vision.find(image, region=None, size=size)
        for one, other in zip(assemble(found), assemble(theirs), strict=False):
            both = one.seen & other.seen
            way = np.linalg.norm(one.joints[both, :2] - other.joints[both, :2], axis=1)
            joints += list(way * ours.box.scale)
    return {
        "maps_apart": round(maps_apart, 5),
        "joints_px": percentiles(joints),
        "joints": len(joints),
    }


def same_work(
    graph: FramePass, plain: FramePass, decoding: PeopleDecoding, pictures: list[Image], at: Placement,
) -> bool:  # fmt: skip
    """Return whether the graph leaves the same peaks as plain work, picture by picture."""
    for image in pictures:
        rows = []
        for way in (graph, plain):
            way.submit(image, [at])
            rows.append(decoding.read(way.collect()[0], at.box, PICTURE))
        if rows[0] is None or rows[1] is None:
            return False
        if not np.array_equal(rows[0].xy, rows[1].xy):
            return False
    return True


def soak(
    vision: GpuVision,
    stage: SizedNetwork,
    pictures: list[Image],
    size: tuple[int, int],
    seconds: float,
) -> dict[str, Any]:
    """Return how much of the GPU's memory many frames took."""
    vision.find(pictures[0], region=None, size=size)
    free, began, frames = stage.device.free_bytes(), perf_counter(), 0
    with tqdm(total=round(seconds), desc="soak", unit="s", leave=False) as bar:
        while (now := perf_counter() - began) < seconds:
            vision.find(pictures[frames % len(pictures)], region=None, size=size)
            frames += 1
            bar.update(int(now) - bar.n)
    return {"s": seconds, "frames": frames, "bytes_taken": free - stage.device.free_bytes()}


def gpu_tests() -> str:
    """Return pytest's closing line of the tests marked gpu."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "gpu", "tests/engines/gpu"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    return (told.stdout.strip().splitlines() or ["error: nothing said"])[-1]


def sanitized() -> str:
    """Return what compute-sanitizer said of the kernels on random inputs."""
    program = shutil.which("compute-sanitizer")
    if program is None:
        return "not run: compute-sanitizer is not installed"
    told = subprocess.run(
        [program, "--error-exitcode", "9", sys.executable, "-m", "pytest", "-q", "-m", "gpu",
         "tests/engines/gpu/test_kernels.py", "-k", "numpys or opencvs"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    return "clean" if told.returncode == 0 else f"found: {told.stdout[-500:]}"


def attributes() -> dict[str, float]:
    """Return what the card says of itself; its bandwidth as its data sheet computes it."""
    from cuda.bindings import driver

    told = {
        name: int(driver.cuDeviceGetAttribute(driver.CUdevice_attribute(number), 0)[1])
        for name, number in ATTRIBUTES.items()
    }
    bandwidth = 2 * told["memory_clock_khz"] * 1e3 * told["bus_bits"] / 8 / 1e9
    return {**told, "bandwidth_gb_s": round(bandwidth, 1)}


def words_of(record: dict[str, Any]) -> str:
    """Return the record in a few lines."""
    gpu, frame, whole = record["gpu"], record["frame_ms"], record["skeletons_ms"]
    stages = ", ".join(f"{name} {us['p50']:.0f}" for name, us in record["stages_us"].items())
    failed = [name for name, well in record["held"].items() if not well]
    return "\n".join([
        f"{gpu['name']} ({gpu['capability']}), CUDA {gpu['driver']}: {record['runtime']}",
        *(f"refused: {why}" for why in record["refused"]),
        f"to candidates {frame['p50']:.2f} ms p50, {frame['p99']:.2f} p99; "
        f"to skeletons {whole['p50']:.2f} p50, {whole['p99']:.2f} p99; "
        f"{record['frames_per_s']} frames a second in flight",
        f"stages, us p50: {stages}",
        *(f"{name}: {told['frame_ms']['p50']:.2f} ms p50, {told['frame_ms']['p99']:.2f} p99; "
          f"joints apart {told.get('joints_px', 'not measured')}"
          for name, told in record["close"].items()),
        f"by NVIDIA's provider for ONNX Runtime: {record['provider']}",
        f"agreement: {record['agreement']}; graph equals plain: {record['graph_equals_plain']}",
        f"soak: {record['soak']}; tests: {record['tests']}",
        f"did not hold: {', '.join(failed)}" if failed else "everything held",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
