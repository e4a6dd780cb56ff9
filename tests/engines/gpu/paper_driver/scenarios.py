"""What the device layers are put through: ``python scenarios.py SCENARIO LAYER``.

Each runs in a process of its own (see ``forking``), for a GPU that is lost stays lost. Names tell
what is proved.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from inspect import signature
from types import SimpleNamespace

import numpy as np

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.device import Device, GpuError
from kpopdance.engines.gpu.devices import open_device
from tests.engines.gpu.paper_driver import Paper
from tests.forking import next_scenario

KERNELS = ["scale", "write_down", "shape", "beyond", "fails"]
ONE = (1, 1, 1)
paper = Paper()


@contextmanager
def refused(*words, error=GpuError):
    """Demand an error that says all these words."""
    told = None
    try:
        yield
    except error as why:
        told = str(why)
    assert told is not None, f"no {error.__name__}: {words}"
    for word in words:
        assert word in told, f"{word!r} is not in {told}"


def noise(nbytes, seed=3):
    return np.random.default_rng(seed).integers(0, 256, nbytes, np.uint8)


def read(device, memory):
    back = device.pin(memory.nbytes)
    device.download(back, memory, memory.nbytes)
    device.synchronise()
    return back.array.copy()


def with_kernels(layer):
    device = open_device(layer)
    device.load_kernels(b"no fatbin on paper", KERNELS)
    return device


class Doubling:
    """A frame's work: pinned numbers go up, are scaled, shifted and come down."""

    def __init__(self, device, count=5):
        self.device, self.count = device, count
        self.sent, self.got = device.pin(4 * count), device.pin(4 * count)
        self.got.array[:] = 0
        self.up, self.down = device.allocate(4 * count), device.allocate(4 * count)

    def send(self, first):
        self.sent.array.view(np.int32)[:] = np.arange(first, first + self.count)

    def work(self):
        self.device.upload(self.up, self.sent, 4 * self.count)
        self.device.launch("scale", ONE, ONE, [self.count, self.up, 2.0, 7, self.down])
        self.device.download(self.got, self.down, 4 * self.count)

    def answer(self):
        self.device.synchronise()
        return self.got.array.view(np.int32).tolist()


def closed_cleanly(device):
    device.close()
    assert paper.leaked() == 0, f"{paper.leaked()} things were not given back"
    assert paper.live() == 0, f"{paper.live()} things live on"
    assert paper.current() == 0, "the context stayed behind in the thread"


def bytes_come_back_as_they_went(layer):
    device = open_device(layer)
    source, memory = device.pin(1000), device.allocate(1000)
    source.array[:] = noise(1000)
    assert source.address == source.array.ctypes.data
    device.upload(memory, source, 1000)
    assert np.array_equal(read(device, memory), source.array)
    part = device.pin(64)
    part.array[:] = 1
    device.download(part, memory, 50, offset=300)
    device.synchronise()
    assert np.array_equal(part.array[:50], source.array[300:350])
    assert part.array[50:].tolist() == [1] * 14
    source.array[:] = 9
    device.upload(memory, source, 10)
    device.synchronise()
    assert np.array_equal(read(device, memory), [*[9] * 10, *noise(1000)[10:]])
    closed_cleanly(device)


def every_byte_is_filled(layer):
    device = open_device(layer)
    before, memory, after = (device.allocate(333) for _ in range(3))
    for byte in (0, 255, 17):
        device.fill(memory, byte)
        assert set(read(device, memory).tolist()) == {byte}
    assert set(read(device, before)) == set(read(device, after)) == {0xCD}
    closed_cleanly(device)


def copies_that_leave_memory_are_refused(layer):
    device = open_device(layer)
    pinned, memory, large = device.pin(10), device.allocate(10), device.allocate(20)
    for call in (
        lambda: device.upload(memory, device.pin(20), 11),
        lambda: device.upload(large, pinned, 11),
        lambda: device.download(pinned, large, 11),
        lambda: device.download(pinned, memory, 6, offset=5),
        lambda: device.download(pinned, memory, 6, offset=-1),
    ):
        with refused("leaves", error=ValueError):
            call()
    device.download(pinned, large, 10, offset=10)
    closed_cleanly(device)


def arguments_arrive_intact(layer):
    device = with_kernels(layer)
    to, other = device.allocate(24), device.allocate(8)
    layout = np.dtype([("i", "<i4"), ("p", "<u8"), ("f", "<f4"), ("g", "<f4"), ("j", "<i4")])
    for i, f, g, j in (
        (-5, 1.1, -0.0, 2**31 - 1),
        (True, np.float32(3.5), 1e30, -(2**31)),
        (np.int64(12), 0.0, 2.5, np.uint8(255)),
    ):
        device.launch("write_down", ONE, ONE, [to, i, other, f, g, j])
        came = read(device, to).view(layout)[0]
        wanted = (int(i), other.address, np.float32(f), np.float32(g), int(j))
        assert came.tolist() == wanted, (came, wanted)
    for wrong in (2**31, -(2**31) - 1):
        with refused(error=OverflowError):
            device.launch("write_down", ONE, ONE, [to, wrong, other, 0.0, 0.0, 0])
    shape = device.allocate(24)
    device.launch("shape", (3, 5, 7), (32, 8, 2), [shape])
    assert read(device, shape).view(np.int32).tolist() == [3, 5, 7, 32, 8, 2]
    closed_cleanly(device)


def arguments_are_those_of_the_launch(layer):
    device = with_kernels(layer)
    first, second = device.allocate(24), device.allocate(24)
    other = device.allocate(8)
    for to, i in ((first, 1), (second, 2)):
        device.launch("write_down", ONE, ONE, [to, i, other, 0.5, 0.5, i])
    assert read(device, first).view(np.int32)[0] == 1
    assert read(device, second).view(np.int32)[0] == 2
    closed_cleanly(device)


def kernels_are_known_by_name(layer):
    device = with_kernels(layer)
    with refused("nobody", "not loaded"):
        device.launch("nobody", ONE, ONE, [])
    with refused("kernel nobody", "cuModuleGetFunction"):
        device.load_kernels(b"image", ["nobody"])
    with refused("kernel shape", "cuLaunchKernel"):
        device.launch("shape", ONE, (1025, 1, 1), [device.allocate(24)])
    with refused("kernel fails", "CUDA_ERROR_LAUNCH_FAILED", "start the game again"):
        device.launch("fails", ONE, ONE, [])
        try:
            device.synchronise()
        except GpuError as why:
            raise GpuError(f"kernel fails: {why}") from why
    device.close()


def events_tell_time(layer):
    device = open_device(layer)
    memory, first, last = device.allocate(10), device.event(), device.event()
    with refused("cuEventElapsedTime"):
        last.ms_since(first)
    first.record()
    for _ in range(4):
        device.fill(memory, 1)
    last.record()
    last.wait()
    assert last.ms_since(first) >= 1.0
    assert first.ms_since(first) == 0.0
    with refused("same device", error=TypeError):
        last.ms_since(SimpleNamespace())
    closed_cleanly(device)


def a_moment_has_passed_once_it_was_waited_for(layer):
    device = open_device(layer)
    memory, pinned = device.allocate(10), device.pin(10)
    first, last = device.event(), device.event()
    pinned.array[:] = 0
    first.record()
    device.fill(memory, 5)
    device.download(pinned, memory, 10)
    last.record()
    assert set(pinned.array.tolist()) == {0}, "this scenario wants PAPER_DEFERRED=1"
    with refused("cuEventElapsedTime"):
        last.ms_since(first)
    last.wait()
    assert set(pinned.array.tolist()) == {5}
    assert last.ms_since(first) > 0
    device.fill(memory, 6)
    device.download(pinned, memory, 10)
    assert set(pinned.array.tolist()) == {5}
    device.synchronise()
    assert set(pinned.array.tolist()) == {6}
    closed_cleanly(device)


def a_graph_does_what_plain_calls_do(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    doubling.send(1)
    graph = device.capture(doubling.work)
    assert doubling.answer() == [0] * 5, "capturing must not run the work"
    assert graph.nodes == 3
    for first in (1, 10, -4):
        doubling.send(first)
        graph.launch()
        replayed = doubling.answer()
        doubling.got.array[:] = 0
        doubling.work()
        assert replayed == doubling.answer() == [2 * k + 7 for k in range(first, first + 5)]
    closed_cleanly(device)


def a_graph_may_be_launched_before_the_last_is_done(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    graph = device.capture(doubling.work)
    done = device.event()
    doubling.send(1)
    graph.launch()
    graph.launch()
    done.record()
    done.wait()
    assert doubling.got.array.view(np.int32).tolist() == [9, 11, 13, 15, 17]
    closed_cleanly(device)


def a_capture_that_raises_leaves_nothing(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)

    def breaks():
        doubling.work()
        raise KeyError("in the middle")

    for _ in range(3):
        with refused("in the middle", error=KeyError):
            device.capture(breaks)
        assert paper.live("graph") == paper.live("exec") == 0
    doubling.send(1)
    doubling.work()
    assert doubling.answer() == [9, 11, 13, 15, 17]
    graph = device.capture(doubling.work)
    assert paper.live("graph") == 0, "only what can be launched is kept"
    graph.launch()
    closed_cleanly(device)


def a_capture_may_neither_allocate_nor_wait(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    for breaks in (lambda: device.allocate(10), device.synchronise):
        with refused("CAPTURE" if layer == "cuda-bindings" else "captur"):
            device.capture(breaks)
    with refused("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"):
        device.capture(lambda: _swallow(device.synchronise))
    assert paper.live("graph") == 0
    device.capture(doubling.work).launch()
    closed_cleanly(device)


def _swallow(call):
    try:
        call()
    except GpuError:
        return


def a_capture_that_cannot_become_a_graph_leaves_nothing(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    for call in ("cuGraphInstantiate", "cuGraphGetNodes", "cuStreamBeginCapture"):
        paper.fail(call, 2)
        with refused(call, "CUDA_ERROR_OUT_OF_MEMORY"):
            device.capture(doubling.work)
        paper.fail(call, 0)
        assert paper.live("graph") == paper.live("exec") == 0
    device.capture(doubling.work).launch()
    closed_cleanly(device)


def launching_a_graph_allocates_nothing(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    graph, done = device.capture(doubling.work), device.event()
    names = ("cuMemAlloc", "cuMemHostAlloc", "cuEventCreate", "cuGraphInstantiate",
             "cuLaunchKernel", "cuMemcpyHtoDAsync", "cuModuleLoadData")  # fmt: skip
    before, live = {name: paper.calls(name) for name in names}, paper.live()
    for first in range(20):
        doubling.send(first)
        graph.launch()
        done.record()
        done.wait()
        assert doubling.got.array.view(np.int32)[0] == 2 * first + 7
    assert {name: paper.calls(name) for name in names} == before
    assert paper.live() == live
    assert paper.calls("cuGraphLaunch") == 20
    closed_cleanly(device)


def any_thread_may_use_it(layer):
    kept = {}
    _in_thread(lambda: kept.update(device=with_kernels(layer)))
    device = kept["device"]
    assert paper.current() == 0
    _in_thread(lambda: kept.update(doubling=Doubling(device), done=device.event()))
    doubling = kept["doubling"]

    def frame():
        doubling.send(1)
        graph = device.capture(doubling.work)
        graph.launch()
        kept["done"].record()
        kept["done"].wait()
        assert doubling.got.array.view(np.int32)[0] == 9
        device.fill(doubling.up, 0)
        doubling.work()
        assert doubling.answer()[0] == 9
        assert device.free_bytes() > 0
        assert paper.current() == 0, "the context stayed behind in the thread"
        kept["graph"] = graph

    _in_thread(frame)
    frame()
    kept["graph"].launch()
    _in_thread(device.close)
    closed_cleanly(device)


def _in_thread(work):
    errors = []

    def run():
        try:
            work()
        except BaseException as why:  # noqa: BLE001 - it is raised in the thread that waits
            errors.append(why)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def an_activated_thread_keeps_the_gpu_until_it_closes(layer):
    from cuda.bindings import driver

    device = with_kernels(layer)

    def somebody_beside_us():
        return int(driver.cuMemGetInfo()[0])

    assert somebody_beside_us() == 201, "CUDA_ERROR_INVALID_CONTEXT before"
    device.activate()
    device.activate()
    assert paper.current() == 1
    doubling = Doubling(device)
    doubling.work()
    doubling.answer()
    assert somebody_beside_us() == 0
    _in_thread(device.activate)
    closed_cleanly(device)
    with refused("given back"):
        device.activate()


def memory_may_be_freed_before_the_end(layer):
    device = open_device(layer)
    source, memory = device.pin(100), device.allocate(100)
    kept, got = device.allocate(10), device.pin(100)
    source.array[:] = noise(100)
    wanted = source.array.copy()
    device.upload(memory, source, 100)
    device.download(got, memory, 100)
    device.free(source)
    assert np.array_equal(got.array, wanted), "the stream was not waited for"
    device.free(memory)
    assert (paper.live("memory"), paper.live("pinned"), source.array.size) == (1, 1, 0)
    for gone in (memory, source):
        with refused("given back before", error=ValueError):
            device.free(gone)
    for _ in range(50):
        device.free(device.allocate(1000))
        device.free(device.pin(1000))
    assert (paper.live("memory"), paper.live("pinned")) == (1, 1)
    assert paper.current() == 0
    closed_cleanly(device)
    device.free(kept)
    device.free(got)
    assert paper.calls("cuMemFree") == paper.calls("cuMemAlloc")
    assert paper.calls("cuMemFreeHost") == paper.calls("cuMemHostAlloc")


def graphs_and_moments_may_be_freed_before_the_end(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    before = paper.live()
    for _ in range(20):
        graph, event = device.capture(doubling.work), device.event()
        graph.launch()
        event.record()
        event.wait()
        device.free(graph)
        device.free(event)
        for gone in (graph, event):
            with refused("given back before", error=ValueError):
                device.free(gone)
    assert paper.live() == before
    closed_cleanly(device)


def memory_of_a_lost_gpu_may_be_freed(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    device.launch("fails", ONE, ONE, [])
    for memory in (doubling.up, doubling.sent):
        device.free(memory)
    with refused("CUDA_ERROR_LAUNCH_FAILED"):
        device.synchronise()
    paper.fail("cuCtxPushCurrent", 719)
    device.free(doubling.got)
    device.close()


def memory_that_does_not_fit_is_told(layer):
    device = open_device(layer)
    before = device.free_bytes()
    memory = device.allocate(3000)
    assert device.free_bytes() == before - 3000
    with refused("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY", "close other programs"):
        device.allocate(before)
    device.fill(memory, 4)
    assert set(read(device, memory)) == {4}
    closed_cleanly(device)


def an_illegal_address_is_told_where_somebody_waits(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    nowhere = SimpleNamespace(address=4096, nbytes=8)
    device.launch("scale", ONE, ONE, [2, nowhere, 2.0, 7, doubling.down])
    words = ("cuStreamSynchronize", "CUDA_ERROR_ILLEGAL_ADDRESS", "start the game again")
    with refused(*words):
        device.synchronise()
    for call in (lambda: device.allocate(10), doubling.work, device.event, device.free_bytes):
        with refused("CUDA_ERROR_ILLEGAL_ADDRESS"):
            call()
    device.close()
    device.close()


def writing_beyond_memory_is_seen(layer):
    device = with_kernels(layer)
    memory = device.allocate(100)
    device.launch("beyond", ONE, ONE, [memory, 100])
    device.synchronise()
    device.launch("beyond", ONE, ONE, [memory, 101])
    with refused("CUDA_ERROR_ILLEGAL_ADDRESS"):
        device.synchronise()
    device.close()


def a_gpu_lost_at_the_third_frame_is_told(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    graph, done = device.capture(doubling.work), device.event()
    paper.fail("cuEventSynchronize", 999, after=2)
    for first in (1, 2):
        doubling.send(first)
        graph.launch()
        done.record()
        done.wait()
    graph.launch()
    done.record()
    with refused("cuEventSynchronize", "CUDA_ERROR_UNKNOWN", "lost"):
        done.wait()
    for call in (graph.launch, done.record, done.wait, device.synchronise, doubling.work):
        with refused("CUDA_ERROR_UNKNOWN", "lost"):
            call()
    _in_thread(device.close)
    device.close()
    assert paper.current() == 0


def a_gpu_that_refuses_even_its_context_can_be_closed(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    device.capture(doubling.work)
    device.event()
    paper.fail("cuCtxPushCurrent", 700)
    with refused("cuCtxPushCurrent", "CUDA_ERROR_ILLEGAL_ADDRESS"):
        device.synchronise()
    device.close()
    device.close()


def closing_gives_everything_back_once(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    graph, event = device.capture(doubling.work), device.event()
    graph.launch()
    event.record()
    kinds = ("memory", "pinned", "event", "exec", "module", "stream", "context")
    assert [paper.live(kind) for kind in kinds] == [2, 2, 1, 1, 1, 1, 1]
    closed_cleanly(device)
    order = ("cuStreamSynchronize", "cuGraphExecDestroy", "cuMemFree", "cuStreamDestroy",
             "cuDevicePrimaryCtxRelease")  # fmt: skip
    when = [paper.last(call) for call in order]
    assert when == sorted(when), dict(zip(order, when, strict=True))
    closed_cleanly(device)
    assert paper.calls("cuDevicePrimaryCtxRelease") == 1
    assert doubling.got.array.size == doubling.sent.array.size == 0
    for call in (
        lambda: device.allocate(8), lambda: device.pin(8), device.event, device.synchronise,
        device.free_bytes, event.record, event.wait, graph.launch, lambda: event.ms_since(event),
        lambda: device.fill(doubling.up, 0), lambda: device.load_kernels(b"", []),
        lambda: device.launch("fails", ONE, ONE, []), lambda: device.capture(lambda: None),
    ):  # fmt: skip
        with refused(""):
            call()
    again = with_kernels(layer)
    fresh = Doubling(again)
    fresh.send(1)
    fresh.work()
    assert fresh.answer()[0] == 9
    closed_cleanly(again)


def every_error_of_the_driver_is_told(layer):
    device = with_kernels(layer)
    doubling = Doubling(device)
    graph, event = device.capture(doubling.work), device.event()
    event.record()
    event.wait()
    calls = {
        "cuCtxPushCurrent": device.synchronise,
        "cuMemAlloc": lambda: device.allocate(8),
        "cuMemHostAlloc": lambda: device.pin(8),
        "cuMemcpyHtoDAsync": lambda: device.upload(doubling.up, doubling.sent, 4),
        "cuMemcpyDtoHAsync": lambda: device.download(doubling.got, doubling.up, 4),
        "cuMemsetD8Async": lambda: device.fill(doubling.up, 1),
        "cuModuleLoadData": lambda: device.load_kernels(b"image", []),
        "cuModuleGetFunction": lambda: device.load_kernels(b"image", ["scale"]),
        "cuLaunchKernel": lambda: device.launch("shape", ONE, ONE, [device.allocate(24)]),
        "cuEventCreate": device.event,
        "cuEventRecord": event.record,
        "cuEventSynchronize": event.wait,
        "cuEventElapsedTime": lambda: event.ms_since(event),
        "cuStreamBeginCapture": lambda: device.capture(doubling.work),
        "cuStreamEndCapture": lambda: device.capture(doubling.work),
        "cuGraphGetNodes": lambda: device.capture(doubling.work),
        "cuGraphInstantiate": lambda: device.capture(doubling.work),
        "cuGraphLaunch": graph.launch,
        "cuMemGetInfo": device.free_bytes,
        "cuStreamSynchronize": device.synchronise,
    }
    for call, ask in calls.items():
        paper.fail(call, 1)
        with refused(call):
            ask()
        paper.fail(call, 0)
        if call == "cuStreamEndCapture":
            break_off_capture(device)
        ask()
    closed_cleanly(device)


def break_off_capture(device):
    """End what a driver that refused to end a capture has left: no layer could."""
    from cuda.bindings import driver

    with device.current():
        _, graph = driver.cuStreamEndCapture(driver.CUstream(device.stream))
        driver.cuGraphDestroy(graph)


def a_gpu_that_cannot_be_opened_is_let_go(layer):
    for call, error, words in (
        ("cuDeviceGet", 101, ("CUDA_VISIBLE_DEVICES",)),
        ("cuDevicePrimaryCtxRetain", 2, ("CUDA_ERROR_OUT_OF_MEMORY", "close other programs")),
        ("cuStreamCreate", 2, ("cuStreamCreate", "CUDA_ERROR_OUT_OF_MEMORY")),
        ("cuCtxPushCurrent", 1, ("cuCtxPushCurrent",)),
    ):
        # The probe asks for the GPU first, and tells the driver's number alone.
        paper.fail(call, error, after=1 if call == "cuDeviceGet" else 0)
        with refused(layer, *words, error=NetworkError):
            open_device(layer)
        paper.fail(call, 0)
        assert paper.live() == 0 or (call, layer) == ("cuCtxPushCurrent", "pycuda"), call
        assert paper.current() == 0
    if layer == "cuda-bindings":
        closed_cleanly(open_device(layer))


def the_layer_is_named(layer):
    device = open_device(layer)
    assert device.label.startswith(f"{layer} "), device.label
    assert "without" not in device.label
    assert isinstance(device.stream, int)
    assert device.stream > 2
    closed_cleanly(device)


def the_layer_has_what_a_device_has(layer):
    device = open_device(layer)
    for name, wanted in vars(Device).items():
        if not name.startswith("_"):
            has = getattr(type(device), name)
            assert [*signature(has).parameters] == [*signature(wanted).parameters], name
    assert set(Device.__annotations__) <= set(vars(device))
    closed_cleanly(device)


def without_graphs_pycuda_asks_plainly(layer):
    sys.modules["cuda.bindings"] = None
    device = with_kernels(layer)
    assert "without CUDA graphs" in device.label, device.label
    doubling = Doubling(device)
    graph = device.capture(doubling.work)
    assert graph.nodes == 0
    assert paper.calls("cuLaunchKernel") == 0
    for first in (1, 8):
        doubling.send(first)
        graph.launch()
        assert doubling.answer()[0] == 2 * first + 7
    closed_cleanly(device)


def without_any_layer_the_install_is_told(layer):
    sys.modules["pycuda"] = sys.modules["cuda.bindings"] = None
    words = ("pycuda is not usable", "cuda-bindings is not usable", "pip install cuda-bindings")
    with refused(*words, error=NetworkError):
        open_device()
    with refused("pycuda is not usable", "pip install", error=NetworkError):
        open_device("pycuda")


def without_pycuda_the_bindings_are_used(layer):
    sys.modules["pycuda"] = None
    told = []
    logger = logging.getLogger("kpopdance.engines.gpu.devices")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler := logging.Handler())
    handler.emit = lambda record: told.append((record.levelname, record.getMessage()))
    device = open_device()
    assert device.label.startswith("cuda-bindings ")
    assert told[0][0] == "INFO"  # most have no pycuda: no trouble
    assert "pycuda is not usable" in told[0][1], told
    closed_cleanly(device)
    paper.fail("cuDevicePrimaryCtxRetain", 2)
    with refused("cuda-bindings: ", "CUDA_ERROR_OUT_OF_MEMORY", error=NetworkError):
        open_device()
    with refused("no layer is called opencl", error=ValueError):
        open_device("opencl")


def pycuda_is_used_first(layer):
    assert open_device().label.startswith("pycuda ")
    paper.fail("cuDevicePrimaryCtxRetain", 2)
    with refused("the GPU is not used: pycuda: ", "cuda-bindings: ", error=NetworkError):
        open_device()


if __name__ == "__main__":
    next_scenario()
    globals()[sys.argv[1]](sys.argv[2])
