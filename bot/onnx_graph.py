"""A small neural network written down in ONNX's format, for ONNX Runtime to run.

ONNX is a protobuf message (ModelProto); the dozen fields used here need no package to write.
Field numbers: onnx.proto3 of ONNX 1.17 (IR version 9).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

IR_VERSION = 9
OPSET = 20
MICROSOFT = "com.microsoft"
"""ONNX Runtime's own operators: attention and residual with layer norm, each in one step."""

TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}

Attribute = int | float | Sequence[int]


class Graph:
    """Grows by `op`; every name is a tensor. `model` gives the bytes that `onnxruntime.InferenceSession` takes."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        """A tensor of one of TYPES."""
        kind = TYPES[values.dtype.name]
        self._tensors.append(
            _bytes(5, _shape(values.shape) + _int(2, kind) + _bytes(8, name) + _bytes(9, values.tobytes()))
        )
        return name

    def integers(self, name: str, values: Sequence[int]) -> str:
        """A constant list of integers, as shapes are."""
        return self.constant(name, np.array(values, np.int64))

    def op(self, kind: str, inputs: Sequence[str], output: str = "", domain: str = "", **attributes: Attribute) -> str:
        """One operator with one output, whose name is returned (made up when none is given)."""
        name = output or f"{kind}_{len(self._nodes)}"
        self._node(kind, inputs, [name], domain, attributes)
        return name

    def split(self, x: str, sizes: str, number: int) -> list[str]:
        """`x` cut along its columns into `number` tensors, as wide as the constant `sizes` says."""
        names = [f"Split_{len(self._nodes)}_{part}" for part in range(number)]
        self._node("Split", [x, sizes], names, "", {"axis": 1})
        return names

    def _node(
        self, kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str, attributes: Mapping[str, Attribute]
    ) -> None:
        parts = [*(_bytes(1, one) for one in inputs), *(_bytes(2, one) for one in outputs)]
        parts += [_bytes(3, f"{outputs[0]}_node"), _bytes(4, kind)]
        parts += [_bytes(5, _attribute(key, value)) for key, value in attributes.items()]
        self._nodes.append(_bytes(1, b"".join(parts) + _bytes(7, domain)))

    def model(self, inputs: Mapping[str, Sequence[int | str]], outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        """The whole model. Inputs and outputs are float tensors: name to shape, where a word stands for any size."""
        graph = [*self._nodes, _bytes(2, "graph"), *self._tensors]
        graph += [_bytes(11, _value(name, shape)) for name, shape in inputs.items()]
        graph += [_bytes(12, _value(name, shape)) for name, shape in outputs.items()]
        opsets = _bytes(8, _int(2, OPSET)) + _bytes(8, _bytes(1, MICROSOFT) + _int(2, 1))
        return _int(1, IR_VERSION) + _bytes(7, b"".join(graph)) + opsets


def session(model: bytes) -> onnxruntime.InferenceSession:
    """Runs `model` on one core; several threads may run it at once."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Lengths vary: a memory plan for each would be kept for ever.
    options.enable_mem_pattern = options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _int(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _shape(sizes: Sequence[int]) -> bytes:
    return b"".join(_int(1, size) for size in sizes)


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _bytes(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _int(20, 1)
    if isinstance(value, int):
        return _bytes(1, name) + _int(3, value) + _int(20, 2)
    return _bytes(1, name) + b"".join(_int(8, one) for one in value) + _int(20, 7)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = b"".join(_bytes(1, _int(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _int(1, TYPES["float32"]) + _bytes(2, sizes)))
