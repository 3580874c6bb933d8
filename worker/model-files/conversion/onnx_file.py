"""Writes an ONNX model, a protobuf message, without the dependencies of the `onnx` package.

The field numbers are those of onnx.proto, which never change. Only what our networks need is here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FLOAT, INT64 = 1, 7
IR_VERSION, OPSET = 7, 13
_INT_ATTRIBUTE, _STRING_ATTRIBUTE, _INTS_ATTRIBUTE = 2, 3, 7

Attribute = int | str | list[int]


@dataclass(slots=True)
class Graph:
    """A network under construction: an operator is added after those whose outputs it uses."""

    nodes: list[bytes] = field(default_factory=list)
    constants: dict[str, bytes] = field(default_factory=dict)

    def constant(self, name: str, value: NDArray[np.float32] | NDArray[np.int64]) -> str:
        """Add a constant, such as weights, and return its name."""
        kind = INT64 if value.dtype == np.int64 else FLOAT
        dimensions = [_field(1, size) for size in value.shape]
        self.constants[name] = _join(
            *dimensions, _field(2, kind), _field(8, name), _field(9, value.tobytes())
        )
        return name

    def add(
        self,
        operator: str,
        inputs: list[str],
        output: str | list[str],
        attributes: Mapping[str, Attribute] | None = None,
    ) -> str:
        """Add an operator and return the name of its first output."""
        outputs = [output] if isinstance(output, str) else output
        self.nodes.append(
            _join(
                *(_field(1, name) for name in inputs),
                *(_field(2, name) for name in outputs),
                _field(4, operator),
                *(_field(5, _attribute(name, value)) for name, value in (attributes or {}).items()),
            )
        )
        return outputs[0]

    def model(self, picture: tuple[str, list[int | str]], outputs: Iterable[str]) -> bytes:
        """Return the file's bytes. A dimension given as a word is variable."""
        name, shape = picture
        sizes = [_field(1, _field(1, size) if isinstance(size, int) else _field(2, size)) for size in shape]
        graph = _join(
            *(_field(1, node) for node in self.nodes),
            _field(2, "network"),
            *(_field(5, constant) for constant in self.constants.values()),
            _field(11, _tensor(name, _field(2, _join(*sizes)))),
            *(_field(12, _tensor(output, b"")) for output in outputs),
        )
        return _join(_field(1, IR_VERSION), _field(7, graph), _field(8, _field(2, OPSET)))


def _tensor(name: str, shape: bytes) -> bytes:
    return _join(_field(1, name), _field(2, _field(1, _join(_field(1, FLOAT), shape))))


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case int():
            return _join(_field(1, name), _field(3, value), _field(20, _INT_ATTRIBUTE))
        case str():
            return _join(_field(1, name), _field(4, value), _field(20, _STRING_ATTRIBUTE))
        case _:
            numbers = (_field(8, number) for number in value)
            return _join(_field(1, name), *numbers, _field(20, _INTS_ATTRIBUTE))


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    septets = bytearray()
    while value > 0x7F:
        septets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*septets, value])


def _join(*parts: bytes) -> bytes:
    return b"".join(parts)
