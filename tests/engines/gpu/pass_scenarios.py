"""What a frame's way over the GPU is put through on paper: ``python pass_scenarios.py SCENARIO LAYER``.

Each runs in a process of its own (see ``forking``); names tell what is proved. The kernels are the
real ones, run by the CPU; the network is the real one in ONNX Runtime.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from kpopdance.engines.choose import BUNDLED, BUNDLED_PERSON, open_eyes
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.fallback import LastingVision
from kpopdance.engines.formats import CLOSE_NETWORKS, MOVENET, OPENPOSE, PERSON_PX, UPRIGHT_PX
from kpopdance.engines.gpu import tensorrt_engine
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding, UprightDecoding
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.devices import open_device
from kpopdance.engines.gpu.frame_pass import SLOTS, FramePass
from kpopdance.engines.gpu.kernels import FOUND, FOUND_PAIRS, FOUND_PEAKS, KERNELS, read_kernels
from kpopdance.engines.gpu.network import PICTURES_KEPT, SIZES_KEPT, GpuNetwork
from kpopdance.engines.gpu.sized_network import SizedNetwork
from kpopdance.engines.gpu.tensorrt_engine import TensorRtEngine
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuUprightEye, GpuVision
from kpopdance.engines.maps import FAINT, Candidates, PoseMaps, Upright
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.placement import place
from kpopdance.engines.ports import Eyes
from kpopdance.engines.vision import PersonEye, PoseVision, UprightEye
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED as SONGS
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.one_person import joints_of
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.upright_person import person_from_upright
from kpopdance.realtime.pose.watcher import Watcher
from tests.candidates import candidates_of
from tests.engines.gpu.paper_driver import Paper
from tests.engines.gpu.paper_network import PaperEngine
from tests.engines.gpu.paper_tensorrt import Allocation, PaperTensorRt, Strategy
from tests.forking import next_scenario

paper = Paper()
CROP = (192, 192)
BLAZEPOSE_FULL = CLOSE_NETWORKS["blazepose_full"].file
LOST = 719  # CUDA_ERROR_LAUNCH_FAILED


def pictures(count=1, every_s=0.7):
    """The drawn dancer in some moments of the bundled song, 640x360."""
    song = load_pack(SONGS / "neon-steps")
    dancer = DrawnDancer(song.members[song.lead])
    studio = DrawnRoom(dancer.picture)
    drawn = [
        studio.take([(dancer.joints(10.0 + every_s * k), OUTFITS[0])], k) for k in range(count)
    ]
    return [np.ascontiguousarray(cv2.resize(image, (640, 360))) for image in drawn]


def device():
    opened = open_device(sys.argv[2])
    opened.load_kernels(read_kernels(), KERNELS)
    return opened


def people(gpu, **how):
    return GpuNetwork(
        "openpose", "paper", gpu, decode=PeopleDecoding,
        open_engine=lambda size: PaperEngine(BUNDLED, gpu, size, **how),
    )  # fmt: skip


def same_candidates(ours, theirs):
    assert isinstance(ours, Candidates)
    np.testing.assert_array_equal(ours.joint, theirs.joint)
    np.testing.assert_allclose(ours.xy, theirs.xy, atol=2e-4)  # logf
    np.testing.assert_array_equal(ours.height, theirs.height)
    # a sample on the border of two cells may fall into either
    assert (np.abs(ours.strength - theirs.strength) < 1e-5).mean() > 0.98
    assert (ours.support == theirs.support).mean() > 0.98


def same_peaks(ours, theirs):
    """Behind the last peak anything may stand."""
    ours, theirs = ours.view(FOUND)[0], theirs.view(FOUND)[0]
    np.testing.assert_array_equal(ours["counts"], theirs["counts"])
    peaks = theirs["counts"].sum()
    assert peaks > 0
    np.testing.assert_array_equal(ours["peaks"][:peaks], theirs["peaks"][:peaks])


def region_of(image):
    """Around the dancer, reaching beyond the picture."""
    return (150.0, -40.0, 490.0, 380.0)


def the_people_are_those_of_the_maps():
    gpu = device()
    vision = GpuVision(people(gpu), "on paper")
    reference = PoseVision(OnnxRuntimeNetwork(BUNDLED, OPENPOSE, threads=1), "beside it")
    for image in pictures(3):
        for region, size in ((None, (184, 328)), (region_of(image), CROP)):
            found = vision.find(image, region=region, size=size)
            maps = vision.see(image, region=region, size=size)
            same_candidates(found, candidates_of(maps))
            (ours,) = complete(assemble(found), found)
            (theirs,) = complete(assemble(maps), maps)
            np.testing.assert_allclose(ours.joints, theirs.joints, atol=0.01)
            plain = reference.see(image, region=region, size=size)
            assert (maps.box.scale, maps.box.pad_x, maps.box.pad_y) == (
                plain.box.scale, plain.box.pad_x, plain.box.pad_y,
            )  # fmt: skip
            (cpu,) = assemble(plain)
            both = cpu.seen & ours.seen
            assert both.sum() >= 14
            apart = np.linalg.norm(cpu.joints[both, :2] - ours.joints[both, :2], axis=1)
            assert np.median(apart) * maps.box.scale < 0.5, (
                apart
            )  # input px: levels differ by one
    gpu.close()
    assert paper.leaked() == 0


def the_person_is_the_one_of_the_maps():
    gpu = device()
    network = GpuNetwork(
        "movenet", "paper", gpu, decode=PersonDecoding,
        open_engine=lambda size: PaperEngine(BUNDLED_PERSON, gpu, size),
    )  # fmt: skip
    eye = GpuPersonEye(network, "on paper")
    reference = PersonEye(OnnxRuntimeNetwork(BUNDLED_PERSON, MOVENET, threads=1), "beside it")
    for image in pictures(3):
        found = eye.find_person(image, region=region_of(image))
        theirs = joints_of(eye.see_person(image, region=region_of(image)))
        np.testing.assert_allclose(found.cells, theirs.cells, atol=1e-5)
        np.testing.assert_array_equal(found.height, theirs.height)
        cpu = joints_of(reference.see_person(image, region=region_of(image)))
        sure = cpu.height > 0.3
        assert sure.sum() >= 10
        apart = np.linalg.norm((cpu.cells - found.cells)[sure], axis=1)
        assert np.median(apart) * found.stride < 0.5, apart
    stage, _ = network.at_size((PERSON_PX, PERSON_PX))
    live = paper.live()
    PersonDecoding(stage).close()
    assert paper.live() == live
    network.close()
    assert paper.leaked() == 0


def the_upright_person_is_the_one_of_the_maps():
    """Turned or not, however far the square shrinks, and where nobody stands in it."""
    gpu = device()
    file, spoken, _ = CLOSE_NETWORKS["blazepose_full"]
    network = GpuNetwork(
        "blazepose", "paper", gpu, decode=UprightDecoding,
        open_engine=lambda size: PaperEngine(file, gpu, size),
    )  # fmt: skip
    eye = GpuUprightEye(network, "on paper")
    reference = UprightEye(OnnxRuntimeNetwork(file, spoken, threads=1), "beside it")
    (image,) = pictures(1)
    squares = [Upright((320.0, 200.0), up, side) for up, side in
               (((0.0, -1.0), 400.0), ((0.6, -0.8), 250.0), ((0.0, -1.0), 1600.0))]  # fmt: skip
    for upright in (*squares, Upright((3000.0, 0.0), (0.0, -1.0), 300.0)):
        found = person_from_upright(eye.find_upright(image, upright=upright)).joints
        maps = eye.see_upright(image, upright=upright)
        theirs = person_from_upright(maps).joints
        np.testing.assert_allclose(found[:, 2], theirs[:, 2], atol=1e-6)
        np.testing.assert_allclose(found, theirs, atol=1e-3)
        plain = reference.see_upright(image, upright=upright)
        np.testing.assert_array_equal(maps.box.matrix, plain.box.matrix)
        if upright in squares[:2]:  # neither halves often: OpenCV's px, to the last bit
            np.testing.assert_allclose(maps.heat, plain.heat, atol=1e-5)
            np.testing.assert_allclose(maps.points, plain.points, atol=1e-2)
        np.testing.assert_allclose(maps.presence, plain.presence, atol=0.02)
    stage, _ = network.at_size((UPRIGHT_PX, UPRIGHT_PX))
    live = paper.live()
    UprightDecoding(stage).close()
    assert paper.live() == live
    network.close()
    assert paper.leaked() == 0


def a_dancer_is_followed_as_on_the_processor():
    """By all networks together, as the game does on a GPU; only joints come back, never maps."""
    gpu = device()
    files = {"movenet_thunder": BUNDLED_PERSON, "blazepose_heavy": BLAZEPOSE_FULL}
    decodings = {"movenet_thunder": PersonDecoding, "blazepose_heavy": UprightDecoding}

    def closely(name):
        file = files[name]
        return GpuNetwork(
            name, "paper", gpu, decode=decodings[name],
            open_engine=lambda size: PaperEngine(file, gpu, size),
        )  # fmt: skip

    def beside(name):
        spoken = CLOSE_NETWORKS[name].spoken
        return OnnxRuntimeNetwork(files[name], spoken, threads=1)

    ours = Eyes(GpuVision(people(gpu), ""), {
        "movenet_thunder": GpuPersonEye(closely("movenet_thunder"), ""),
        "blazepose_heavy": GpuUprightEye(closely("blazepose_heavy"), ""),
    })  # fmt: skip
    theirs = Eyes(PoseVision(OnnxRuntimeNetwork(BUNDLED, OPENPOSE, threads=1), ""), {
        "movenet_thunder": PersonEye(beside("movenet_thunder"), ""),
        "blazepose_heavy": UprightEye(beside("blazepose_heavy"), ""),
    })  # fmt: skip
    watchers = [Watcher(eyes, full_area_px=184 * 328) for eyes in (ours, theirs)]
    for k, image in enumerate(pictures(3, 1 / 30)):
        (one,), (other,) = (watcher.watch(Frame(image, k / 30, k)) for watcher in watchers)
        assert watchers[0].looks == watchers[1].looks
        both = one.seen & other.seen
        assert both.sum() >= 14
        apart = np.linalg.norm((one.joints - other.joints)[both, :2], axis=1)
        assert np.median(apart) < 0.5, apart  # px of the picture: levels differ by one
    assert set(files) <= set(watchers[0].looks)
    for name in ("thunder", "heavy"):
        (eye,) = (eye for key, eye in ours.close.items() if name in key)
        stage, _ = eye._network.at_size((256, 256))
        assert not stage._fetched


def both_kinds_of_tensors_serve():
    gpu = device()
    image = pictures()[0]
    maps = GpuVision(people(gpu, kind="f16"), "").see(image, region=None, size=(184, 328))
    full = GpuVision(people(gpu), "").see(image, region=None, size=(184, 328))
    assert np.abs(maps.heat - full.heat).max() < 2e-3
    found = GpuVision(people(gpu, kind="f16"), "").find(image, region=None, size=(184, 328))
    same_candidates(found, candidates_of(maps))


def a_graph_gives_what_plain_work_gives():
    gpu = device()
    engine = PaperEngine(BUNDLED, gpu, CROP)
    stage = SizedNetwork(gpu, engine)
    decoding = PeopleDecoding(stage)
    shots = pictures(4)
    size = shots[0].shape[:2]
    graph, plain = (FramePass(stage, decoding, size, graphs=on) for on in (True, False))
    assert (graph.nodes, plain.nodes) == (
        7,
        0,
    )  # 2 uploads, letterbox, network, 2 decode, 1 back
    assert (engine.warm_ups, engine.inferences) == (1, 1)  # capturing runs nothing
    for image in shots:
        gpu.fill(decoding.result, 0xCD)
        at = place(image.shape, region_of(image), CROP)
        graph.submit(image, [at])
        ours = graph.collect()
        gpu.fill(decoding.result, 0xCD)
        plain.submit(image, [at])
        theirs = plain.collect()
        np.testing.assert_array_equal(ours, theirs)
        assert ours.view(FOUND)["counts"][0, 0].sum() > 0
    assert engine.error is None


def pictures_in_flight_come_back_in_order():
    gpu = device()
    stage = SizedNetwork(gpu, PaperEngine(BUNDLED, gpu, CROP))
    frame_pass = FramePass(stage, PeopleDecoding(stage), (360, 640))
    shots = pictures(5)
    at = place(shots[0].shape, None, CROP)
    alone = []
    for image in shots:
        frame_pass.submit(image, [at])
        alone.append(frame_pass.collect())
    assert not np.array_equal(alone[0], alone[1])
    together = []
    for k, image in enumerate(shots):
        frame_pass.submit(image, [at])
        if k >= SLOTS - 1:
            together.append(frame_pass.collect())
    together.append(frame_pass.collect())
    for ours, theirs in zip(together, alone, strict=True):
        same_peaks(ours[0], theirs[0])


def several_crops_are_one_launch():
    gpu = device()
    image = pictures()[0]
    places = [
        place(image.shape, region, CROP)
        for region in (region_of(image), None, (200.0, 100.0, 380.0, 280.0))
    ]
    alone = SizedNetwork(gpu, PaperEngine(BUNDLED, gpu, CROP))
    single = FramePass(alone, PeopleDecoding(alone), (360, 640))
    rows = []
    for at in places:
        single.submit(image, [at])
        rows.append(single.collect()[0])
    before = paper.calls("cuGraphLaunch")
    stage = SizedNetwork(gpu, PaperEngine(BUNDLED, gpu, CROP, crops=4))
    batch = FramePass(stage, PeopleDecoding(stage), (360, 640))
    batch.submit(image, places)
    together = batch.collect()
    assert paper.calls("cuGraphLaunch") == before + 1
    for ours, theirs in zip(together, rows, strict=False):
        same_peaks(ours, theirs)
    np.testing.assert_array_equal(stage.fetch("heatmaps")[2], alone.fetch("heatmaps")[0])


def a_frame_asks_for_no_memory_and_waits_once():
    gpu = device()
    vision = GpuVision(people(gpu), "")
    shots = pictures(6)
    vision.find(shots[0], region=None, size=CROP)
    counted = (
        "cuMemAlloc", "cuMemHostAlloc", "cuMemFree", "cuEventCreate", "cuGraphInstantiate",
        "cuGraphInstantiateWithFlags", "cuLaunchKernel", "cuStreamSynchronize",
        "cuCtxSynchronize", "cuMemcpyHtoDAsync", "cuMemcpyDtoHAsync",
    )  # fmt: skip
    before = [paper.calls(call) for call in counted]
    launches, waits = paper.calls("cuGraphLaunch"), paper.calls("cuEventSynchronize")
    for image in shots:
        vision.find(image, region=region_of(image), size=CROP)
    assert [paper.calls(call) for call in counted] == before
    assert paper.calls("cuGraphLaunch") == launches + len(shots)
    assert paper.calls("cuEventSynchronize") == waits + len(shots)


def sizes_come_and_go_without_growth():
    gpu = device()
    network = people(gpu)
    vision = GpuVision(network, "")
    image = pictures()[0]
    for kept, look in (
        (PICTURES_KEPT, lambda k: {"image": image[: 200 + 8 * k], "size": (64, 64)}),
        (SIZES_KEPT, lambda k: {"image": image, "size": (64, 64 + 8 * k)}),
    ):
        live = []
        for k in range(kept + 4):
            vision.find(**look(k), region=None)
            live.append(paper.live())
        assert live[-1] == live[-2] == live[-3], live  # never more than are kept
        assert live[0] < live[1]
        for k in range(kept + 4):  # all are made again
            vision.find(**look(k), region=None)
        assert paper.live() == live[-1]
    network.close()
    network.close()
    assert paper.leaked() == 0


def too_many_candidates_come_as_maps():
    gpu = device()
    rng = np.random.default_rng(5)

    def noise(outputs):
        return {
            name: rng.uniform(0, 1, value.shape).astype(np.float32)
            for name, value in outputs.items()
        }

    vision = GpuVision(people(gpu, change=noise), "")
    seen = vision.find(pictures()[0], region=None, size=(368, 432))
    assert isinstance(seen, PoseMaps)
    assert len(candidates_of(seen).strength) > FOUND_PAIRS


def nobody_is_nobody():
    gpu = device()
    vision = GpuVision(people(gpu, change=lambda told: {k: 0 * v for k, v in told.items()}), "")
    seen = vision.find(pictures()[0], region=None, size=CROP)
    assert (len(seen.joint), len(seen.strength)) == (0, 0)
    assert assemble(seen) == []
    assert assemble(seen, threshold=FAINT) == []
    outside = vision.find(pictures()[0], region=(2000.0, 0.0, 2100.0, 100.0), size=CROP)
    assert len(outside.joint) == 0


def what_cannot_be_used_is_refused_and_the_gpu_stays():
    gpu = device()
    vision = GpuVision(people(gpu), "")
    image = pictures()[0]
    for wrong, region in (
        (image[..., 0], None),
        (image.astype(np.float32), None),
        (image, (9, 9, 9, 9)),
    ):
        try:
            vision.find(wrong, region=region, size=CROP)
        except GpuError as why:
            raise AssertionError("not the GPU's fault") from why
        except NetworkError:
            continue
        raise AssertionError("taken")
    assert isinstance(vision.find(image, region=None, size=CROP), Candidates)


def lasting(gpu, told):
    cpu = OnnxRuntimeNetwork(BUNDLED, OPENPOSE, threads=1)

    def instead(why):
        told.append(why)
        return PoseVision(cpu, why)

    return LastingVision(GpuVision(people(gpu), "on paper"), instead)


def a_gpu_lost_in_the_middle_costs_no_frame():
    gpu, told = device(), []
    eye = lasting(gpu, told)
    shots = pictures(6)
    at = {"region": region_of(shots[0]), "size": CROP}
    kinds = []
    for k, image in enumerate(shots):
        if k == 3:
            paper.fail("cuEventSynchronize", LOST)
        kinds.append(type(eye.find(image, **at)).__name__)
        assert len(assemble(eye.find(image, **at))) == 1
    assert kinds == ["Candidates"] * 3 + ["PoseMaps"] * 3
    assert len(told) == 1
    assert "CUDA_ERROR_LAUNCH_FAILED" in told[0]
    assert eye.runtime.startswith("ONNX Runtime")


def a_gpu_without_memory_is_done_without():
    gpu, told = device(), []
    eye = lasting(gpu, told)
    paper.fail("cuMemAlloc", 2)
    image = pictures()[0]
    assert len(assemble(eye.find(image, region=None, size=CROP))) == 1
    assert "CUDA_ERROR_OUT_OF_MEMORY" in told[0]
    assert "close other programs" in told[0]


def an_engine_that_cannot_be_had_is_the_gpu_s_failure():
    def open_engine(size):
        raise NetworkError(f"no engine for {size}; build it")

    gpu = device()
    vision = GpuVision(
        GpuNetwork("x", "paper", gpu, open_engine=open_engine, decode=PeopleDecoding), ""
    )
    told = ""
    try:
        vision.find(pictures()[0], region=None, size=CROP)
    except GpuError as why:
        told = str(why)
    assert "build it" in told


def the_real_tensorrt_refuses_this_driver_and_the_game_goes_on():
    """All that opens a GPU is real here but the driver, and the real library tells it from one."""
    told = []
    cache = Path(tempfile.mkdtemp())
    eyes = open_eyes("rtx", network="movenet", threads=1, cache_dir=cache, tell=told.append)
    assert eyes.runtime.startswith("TensorRT for RTX 1.7.1.116 fp16, Paper GPU"), eyes.runtime
    assert eyes.failure == ""
    image = pictures()[0]
    watcher = Watcher(eyes)
    watcher.warm_up(image)
    (pose,) = watcher.watch(Frame(image, 1.0, 0))
    assert pose.seen.sum() >= 14
    assert told[0].startswith("Building openpose_thin for Paper GPU")
    assert (
        len(told) == 2
    )  # one size of each network; then neither GPU nor building is tried again
    kept = [path.suffix for path in (cache / "engines").iterdir()]
    assert sorted(kept) == [".engine", ".engine", ".json", ".json"]
    assert "rtx cannot load this engine" in eyes.failure, eyes.failure
    assert eyes.runtime.startswith("OpenVINO"), eyes.runtime
    assert "failed: rtx cannot load this engine" in eyes.reason
    assert paper.leaked() == 0


def another_thread_watches_than_the_one_that_loaded():
    gpu = device()
    vision = GpuVision(people(gpu), "")
    image = pictures()[0]
    first = vision.find(image, region=None, size=CROP)
    seen = []

    def watch():
        seen.append(vision.find(image, region=None, size=CROP))
        seen.append(vision.find(image, region=None, size=(64, 64)))  # a size of its own

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert len(seen) == 2
    np.testing.assert_array_equal(seen[0].xy, first.xy)


def failure(work):
    """The GPU's failure, with its traceback and all that it holds."""
    try:
        work()
    except GpuError as why:
        return why
    raise AssertionError("nothing failed")


def by_tensorrt(gpu, library, kept=None):
    """The network in TensorRT on paper: the real runner around it."""
    tensorrt_engine.installed = lambda flavour: library
    plan = bytes(2000)
    return GpuNetwork(
        "openpose", "paper", gpu, decode=PeopleDecoding,
        open_engine=lambda size: TensorRtEngine(plan, "rtx", gpu, size, kept),
    )  # fmt: skip


def what_tensorrt_is_asked_for_is_what_it_takes():
    gpu, library = device(), PaperTensorRt(BUNDLED)
    kept = Path(tempfile.mkdtemp()) / "engine.compiled"
    network = by_tensorrt(gpu, library, kept)
    vision = GpuVision(network, "")
    plain = GpuVision(people(device()), "")
    for image in pictures(2):
        at = {"region": region_of(image), "size": CROP}
        same_candidates(vision.find(image, **at), candidates_of(plain.see(image, **at)))
    stage, _ = network.at_size(CROP)
    assert stage.engine.capturable
    assert paper.calls("cuGraphInstantiate") + paper.calls("cuGraphInstantiateWithFlags") >= 2
    (context,) = library.contexts
    # a graph must hold the kernels of this very size, and memory may not be asked for in it
    assert context.config["dynamic_shapes_kernel_specialization_strategy"] is Strategy.EAGER
    assert context.config["allocation"] is Allocation.USER_MANAGED
    assert context.config["cache"]
    assert kept.read_bytes() == b"compiled kernels"
    vision.find(image, region=None, size=(64, 64))
    assert library.caches == [[], [b"compiled kernels"]]
    live = paper.live()
    TensorRtEngine(bytes(2000), "rtx", gpu, CROP).close()
    assert paper.live() == live
    network.close()
    assert paper.leaked() == 0


def what_tensorrt_refuses_is_the_gpu_s_failure():
    for refuse, told in (
        ("deserialize", "cannot load"), ("config", "otherwise than documented"),
        ("context", "cannot prepare this engine: no room"),
        ("shape", "takes no image"), ("shapes", "does not say how large"),
        ("address", "refuses memory"), ("execute", "stopped: out of order"),
    ):  # fmt: skip
        gpu, library = device(), PaperTensorRt(BUNDLED, refuse=refuse)
        network = by_tensorrt(gpu, library)
        why = failure(lambda network=network: network.at_size(CROP))
        assert told in str(why), (refuse, why)
        network.close()
        # while the error and its traceback are still there, and before the GPU was closed
        assert ("Runtime", True) in library.ended
        assert not [kind for kind, gpu_was_there in library.ended if not gpu_was_there]
    assert paper.leaked() == 0
    for refuse in ("capture", "serialize"):
        gpu, library = device(), PaperTensorRt(BUNDLED, refuse=refuse)
        network = by_tensorrt(gpu, library, Path(tempfile.mkdtemp()) / "kept")
        found = GpuVision(network, "").find(pictures()[0], region=None, size=CROP)
        assert isinstance(found, Candidates)
        assert network.at_size(CROP)[0].engine.capturable == (refuse != "capture")
        seen = []
        thread = threading.Thread(
            target=lambda network=network, seen=seen: seen.append(
                GpuVision(network, "").find(pictures()[0], region=None, size=CROP)
            )
        )
        thread.start()
        thread.join()
        same_candidates(seen[0], found)
    network = by_tensorrt(device(), PaperTensorRt(BUNDLED, kind="INT8"))
    assert "neither float nor half" in str(failure(lambda: network.at_size(CROP)))


def a_network_ends_before_the_gpu_that_it_runs_on():
    """Also where the GPU is lost and the error's traceback still holds what was at work."""
    gpu, library, told = device(), PaperTensorRt(BUNDLED), []
    cpu = PoseVision(OnnxRuntimeNetwork(BUNDLED, OPENPOSE, threads=1), "")
    eye = LastingVision(
        GpuVision(by_tensorrt(gpu, library), ""), lambda why: told.append(why) or cpu
    )
    image = pictures()[0]
    eye.find(image, region=None, size=CROP)
    gc.collect()
    del library.ended[:]  # what asked for the names alone
    paper.fail("cuEventSynchronize", LOST)
    eye.find(image, region=None, size=CROP)
    assert len(told) == 1
    kinds = [kind for kind, _ in library.ended]
    assert sorted(kinds) == ["Cache", "Config", "Context", "Engine", "Runtime"], kinds
    assert kinds.index("Context") < kinds.index("Engine") < kinds.index("Runtime")
    assert all(gpu_was_there for _, gpu_was_there in library.ended)


def what_cannot_be_captured_is_asked_for_step_by_step():
    gpu = device()
    paper.fail("cuStreamBeginCapture", 900)  # CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED
    vision = GpuVision(people(gpu), "")
    image = pictures()[0]
    found = vision.find(image, region=None, size=CROP)
    same_candidates(found, candidates_of(vision.see(image, region=None, size=CROP)))
    assert paper.calls("cuGraphLaunch") == 0


def nonsense_from_the_gpu_is_its_failure():
    gpu = device()
    network = people(gpu)
    image = pictures()[0]
    at = place(image.shape, None, CROP)
    row, box = network.look(image, at, CROP), at.box
    _, decoding = network.at_size(CROP)
    fine = decoding.read(row, box, (360, 640))
    assert len(fine.joint) > 0
    spoilt = []
    for counts in (-1, 65, 2**31 - 1, -(2**31)):
        bad = row.copy()
        bad.view(FOUND)["counts"][0, 3] = counts
        spoilt.append(bad)
    for field in ("peaks", "strength"):
        for value in (np.nan, np.inf):
            bad = row.copy()
            bad.view(FOUND)[field][0, 0] = value
            spoilt.append(bad)
    for bad in spoilt:
        why = failure(lambda bad=bad: decoding.read(bad, box, (360, 640)))
        assert "nonsense" in str(why)
    person = np.full(51, np.nan, np.float32).view(np.uint8)
    why = failure(lambda: PersonDecoding.read(decoding, person, box, (360, 640)))
    assert "nonsense" in str(why)
    stale = row.copy()  # behind the last peak anything may stand
    stale.view(FOUND)["peaks"][0, len(fine.joint) :] = np.nan
    stale.view(FOUND)["strength"][0, len(fine.strength) :] = np.nan
    stale.view(FOUND)["counts"][0, 18:] = -7
    np.testing.assert_array_equal(decoding.read(stale, box, (360, 640)).xy, fine.xy)


def each_limit_alone_sends_the_maps():
    gpu = device()
    network = people(gpu)
    image = pictures()[0]
    at = place(image.shape, None, CROP)
    row, box = network.look(image, at, CROP), at.box
    _, decoding = network.at_size(CROP)
    spread = np.zeros(FOUND["counts"].shape, np.int32)
    spread[[1, 2, 8]] = 40, 52, 52  # two limbs between them
    lonely = np.zeros_like(spread)
    lonely[[0, 2, 4, 5, 7, 8, 10, 11, 13]] = 60  # no limb joins them
    pairs = 40 * 52 * 2
    assert spread.sum() <= FOUND_PEAKS
    assert pairs > FOUND_PAIRS
    assert lonely.sum() > FOUND_PEAKS
    fits = np.zeros_like(spread)
    fits[[0, 2, 4, 5, 7]] = 60
    for counts, sent in ((spread, True), (lonely, True), (fits, False)):
        told = row.copy()
        told.view(FOUND)["counts"][0] = counts
        told.view(FOUND)["peaks"][0] = told.view(FOUND)["strength"][0] = 0
        assert (decoding.read(told, box, (360, 640)) is None) == sent


def another_network_is_refused():
    gpu = device()
    port = PaperEngine(BUNDLED, gpu, (256, 256)).outlets["pafs"]
    eye = PaperEngine(BUNDLED_PERSON, gpu, (256, 256)).outlets["offset"]
    engines = (
        (BUNDLED_PERSON, PeopleDecoding, {}),
        (BUNDLED, PersonDecoding, {}),
        (BUNDLED_PERSON, UprightDecoding, {}),
        (BLAZEPOSE_FULL, PersonDecoding, {}),
        (BUNDLED, PeopleDecoding, {"pafs": port._replace(kind="f16")}),
        (BUNDLED, PeopleDecoding, {"pafs": port._replace(shape=(1, 52, 32, 32))}),
        (BUNDLED, PeopleDecoding, {"pafs": port._replace(shape=(1, 38, 64, 64))}),
        (BUNDLED_PERSON, PersonDecoding, {"offset": eye._replace(shape=(1, 17, 64, 64))}),
    )
    for onnx, decode, change in engines:
        engine = PaperEngine(onnx, gpu, (256, 256))
        stage = SizedNetwork(gpu, engine)
        engine.outlets = engine.outlets | change
        why = failure(lambda decode=decode, stage=stage: decode(stage))
        assert "another network" in str(why)


def closing_waits_for_a_look():
    """The program may end while a thread loads or watches."""
    gpu, begun, done = device(), threading.Event(), []

    def slow(told):
        begun.set()
        time.sleep(0.3)
        return told

    network = people(gpu, change=slow)
    vision = GpuVision(network, "")

    def watch():
        done.append(len(vision.find(pictures()[0], region=None, size=CROP).joint) > 0)

    thread = threading.Thread(target=watch)
    thread.start()
    begun.wait()
    network.close()
    thread.join()
    assert done == [True]
    why = failure(lambda: vision.find(pictures()[0], region=None, size=CROP))
    assert "given back" in str(why)


if __name__ == "__main__":
    next_scenario()
    globals()[sys.argv[1]]()
