"""How exactly a network calculates: TensorRT 11 takes it from the ONNX file, so that is rewritten."""

from __future__ import annotations

from typing import Final

from kpopdance.engines.errors import ModelError, NetworkError

PRECISIONS: Final = ("fp16", "tf32", "fp32", "int8")
"""Half precision; float32 with rounded products; float32; what the ONNX's Q/DQ nodes say."""

INSTALL: Final = "pip install 'kpopdance[rtx]'"


def with_precision(onnx_bytes: bytes, precision: str) -> bytes:
    """Return the ONNX file that an engine of a precision is built from.

    Raises
    ------
    ModelError
        Where the bytes are no ONNX network, or ``int8`` is asked of one without Q/DQ nodes.
    NetworkError
        Where the package ``onnx`` is not installed though it is needed.
    """
    try:
        if precision == "fp16":
            return half_precision(onnx_bytes)
        if precision == "int8":
            refuse_unquantised(onnx_bytes)
    except ImportError as why:
        raise NetworkError(
            f"precision {precision} needs the package onnx ({why}); {INSTALL} or choose fp32"
        ) from None
    return onnx_bytes


def half_precision(onnx_bytes: bytes) -> bytes:
    """Return an ONNX file with fp16 weights and arithmetic, its inputs and outputs fp32.

    Converted by ONNX Runtime's own tool; the same bytes for the same input.

    Raises
    ------
    ImportError
        Where the package ``onnx`` is not installed.
    ModelError
        Where the bytes are no ONNX network.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnxruntime.transformers.float16 import convert_float_to_float16

    try:
        model = onnx.load_model_from_string(onnx_bytes)
    except DecodeError:
        raise ModelError("these bytes are no ONNX network; give an ONNX file") from None
    if not model.graph.node:
        raise ModelError("this ONNX file holds no network; give another one")
    half = convert_float_to_float16(model, keep_io_types=True)
    converted: bytes = half.SerializeToString(deterministic=True)
    return converted


def refuse_unquantised(onnx_bytes: bytes) -> None:
    """Raise ModelError unless an ONNX file says with Q/DQ nodes where eight bits are enough."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        nodes = onnx.load_model_from_string(onnx_bytes).graph.node
    except DecodeError:
        raise ModelError("these bytes are no ONNX network; give an ONNX file") from None
    kinds = {node.op_type for node in nodes}
    if not {"QuantizeLinear", "DequantizeLinear"} <= kinds:
        raise ModelError(
            "this ONNX file has no QuantizeLinear and DequantizeLinear nodes, so nothing says where "
            "8 bits are enough; quantise it first (ONNX Runtime's quantize_static) or choose fp16"
        )
