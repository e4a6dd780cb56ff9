"""TensorRT for RTX on paper: what its Python API takes and answers, the network run by the CPU.

Names, argument types and refusals are those of the installed 1.7.1 (see its docstrings); a test
compares the names. ``PaperTensorRt.ended`` tells what was given back, and how much was live on the
GPU then.
"""

from __future__ import annotations

import enum
from types import SimpleNamespace

import numpy as np

from tests.engines.gpu.paper_driver import Paper
from tests.engines.gpu.paper_network import SHAPES, PaperEngine

SCRATCH, MORE = 4096, 8192
Mode = enum.Enum("TensorIOMode", ["NONE", "INPUT", "OUTPUT"])
Strategy = enum.Enum("DynamicShapesKernelSpecializationStrategy", ["LAZY", "EAGER", "NONE"])
Allocation = enum.Enum(
    "ExecutionContextAllocationStrategy", ["STATIC", "ON_PROFILE_CHANGE", "USER_MANAGED"]
)


class PaperTensorRt:
    """The module, for one network; ``refuse`` names a call that answers as if it had failed."""

    TensorIOMode = Mode
    DynamicShapesKernelSpecializationStrategy = Strategy
    ExecutionContextAllocationStrategy = Allocation

    class ILogger:
        pass

    def __init__(self, onnx, version="1.7.1.116", *, refuse="", kind="FLOAT"):
        self.onnx, self.__version__, self.refuse, self.kind = onnx, version, refuse, kind
        self.ended, self.caches, self.contexts = [], [], []

    def Runtime(self, logger):
        return Runtime(self, logger)


class Held:
    """Tells when it ends."""

    def __init__(self, library):
        self.library = library

    def __del__(self):
        self.library.ended.append((type(self).__name__, Paper().live() > 0))


class Runtime(Held):
    def __init__(self, library, logger):
        super().__init__(library)
        self.logger = logger

    def deserialize_cuda_engine(self, plan):
        assert len(memoryview(plan)) > 1000
        return (self.library.refuse != "deserialize" and Engine(self)) or None


class Engine(Held):
    device_memory_size_v2 = SCRATCH

    def __init__(self, runtime):
        super().__init__(runtime.library)
        self.runtime = runtime
        session = PaperEngine(self.library.onnx, None, (64, 64))
        self.names = ["image", *session.outlets]
        self.num_io_tensors = len(self.names)

    def get_tensor_name(self, index):
        return self.names[index]

    def get_tensor_mode(self, name):
        return Mode.INPUT if name == "image" else Mode.OUTPUT

    def get_tensor_dtype(self, name):
        return SimpleNamespace(name=self.library.kind)

    def get_tensor_profile_shape(self, name, profile_index):
        assert (name, profile_index) == ("image", 0)
        return [(1, 3, 64, 64)] * 3

    def create_runtime_config(self):
        return None if self.library.refuse == "config" else Config(self.library)

    def create_execution_context(self, *, runtime_config):
        assert runtime_config.allocation is Allocation.USER_MANAGED  # as it was built
        if self.library.refuse == "context":
            self.runtime.logger.log(1, "no room")
            return None
        self.library.contexts.append(SimpleNamespace(config=vars(runtime_config).copy()))
        return Context(self, runtime_config)


class Config(Held):
    dynamic_shapes_kernel_specialization_strategy = Strategy.LAZY
    allocation = Allocation.STATIC
    cache = None

    def set_execution_context_allocation_strategy(self, strategy):
        self.allocation = Allocation(strategy)

    def create_runtime_cache(self):
        return Cache(self.library)

    def set_runtime_cache(self, cache):
        self.cache = True
        return True


class Cache(Held):
    def __init__(self, library):
        super().__init__(library)
        self.read = None
        library.caches.append([])

    def deserialize(self, blob):
        self.library.caches[-1].append(bytes(blob))
        return True

    def serialize(self):
        return None if self.library.refuse == "serialize" else memoryview(b"compiled kernels")


class Context(Held):
    def __init__(self, engine, config):
        super().__init__(engine.library)
        self.engine, self.shape, self.addresses, self.memory = engine, None, {}, None
        self.network, self.inferences = None, 0

    def set_input_shape(self, name, shape):
        assert isinstance(shape, tuple | list)
        self.shape = tuple(shape)
        return self.library.refuse != "shape"

    def get_tensor_shape(self, name):
        if name == "image":
            return self.shape
        return (
            (-1,) * 4 if self.library.refuse == "shapes" else SHAPES[name](1, *self.shape[2:])
        )

    def update_device_memory_size_for_shapes(self):
        assert self.shape is not None
        return MORE

    def set_device_memory(self, memory, size):
        assert memory % 16 == 0  # a real driver's memory lies at multiples of 256
        assert size >= MORE
        self.memory = memory

    def set_tensor_address(self, name, memory):
        self.addresses[name] = SimpleNamespace(address=int(memory))
        return self.library.refuse != "address"

    def is_stream_capturable(self, stream):
        return self.inferences > 0 and self.library.refuse != "capture"

    def execute_async_v3(self, stream_handle):
        assert self.memory is not None
        assert Paper().current() > 0  # the library takes this thread's GPU
        if self.library.refuse == "execute":
            self.engine.runtime.logger.log(1, "out of order")
            return False
        if self.network is None:
            self.network = PaperEngine(self.library.onnx, None, self.shape[2:])
            self.network.bind(
                self.addresses["image"],
                {name: self.addresses[name] for name in self.network.outlets},
            )
        self.network.ask(int(np.uint64(stream_handle)))
        self.inferences += 1
        return True
