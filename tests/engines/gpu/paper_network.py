"""A network for the paper driver: ONNX Runtime on the CPU, asked for by a host function of the stream.

On paper the GPU's memory is the computer's, so it reads and writes it where it lies. The host
function is captured into graphs as the real runtime's kernels are.
"""

from __future__ import annotations

import ctypes

import numpy as np
import onnxruntime
from cuda.bindings import driver

from kpopdance.engines.formats import INPUT_NAME
from kpopdance.engines.gpu.sized_network import Port
from tests.engines.gpu.paper_driver import Paper

SHAPES = {
    "heatmaps": lambda n, h, w: (n, 19, h // 8, w // 8),
    "pafs": lambda n, h, w: (n, 38, h // 8, w // 8),
    "centre": lambda n, h, w: (n, 1, h // 4, w // 4),
    "heat": lambda n, h, w: (n, 17, h // 4, w // 4),
    "regression": lambda n, h, w: (n, 34, h // 4, w // 4),
    "offset": lambda n, h, w: (n, 34, h // 4, w // 4),
    "points": lambda n, h, w: (n, 34),
    "presence": lambda n, h, w: (n, 1),
}


def at(memory, port):
    """The array that lies in GPU memory."""
    kind = ctypes.c_float if port.kind == "f32" else ctypes.c_uint16
    count = int(np.prod(port.shape))
    flat = np.ctypeslib.as_array((kind * count).from_address(memory.address))
    return (flat if port.kind == "f32" else flat.view(np.float16)).reshape(port.shape)


class PaperEngine:
    """An ONNX network at one input size, for several crops."""

    capturable = True

    def __init__(self, onnx, device, size, *, crops=1, kind="f32", change=None):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(onnx), options)
        self._device, self._change = device, change or (lambda outputs: outputs)
        self.inlet = Port((crops, 3, *size), kind)
        names = [port.name for port in self._session.get_outputs()]
        self.outlets = {name: Port(SHAPES[name](crops, *size), kind) for name in names}
        self.inferences = self.warm_ups = 0
        self.closed_at = None  # how much was live on the GPU then
        self.error = None
        self._call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._infer)
        self._function = driver.CUhostFn(ctypes.cast(self._call, ctypes.c_void_p).value)

    def bind(self, inlet, outlets):
        self._input = at(inlet, self.inlet)
        self._outputs = {
            name: at(memory, self.outlets[name]) for name, memory in outlets.items()
        }

    def enqueue(self):
        self.ask(self._device.stream)

    def ask(self, stream):
        (error,) = driver.cuLaunchHostFunc(driver.CUstream(stream), self._function, 0)
        assert error == driver.CUresult.CUDA_SUCCESS, error

    def warmed(self):
        self.warm_ups += 1

    def close(self):
        if self.closed_at is None:
            self.closed_at = Paper().live()

    def _infer(self, _):
        try:
            self.inferences += 1
            names = list(self.outlets)
            for crop in range(self.inlet.shape[0]):  # the bundled networks take one
                tensor = self._input[crop : crop + 1].astype(np.float32)
                told = dict(
                    zip(names, self._session.run(names, {INPUT_NAME: tensor}), strict=True)
                )
                for name, values in self._change(told).items():
                    self._outputs[name][crop] = values[0]
        except Exception as why:  # noqa: BLE001 - nothing may leave a host function
            self.error = why
