"""The same network with half-precision weights: TensorRT 11 takes its precision from the ONNX."""

from __future__ import annotations

from engines.maps import ModelError


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
