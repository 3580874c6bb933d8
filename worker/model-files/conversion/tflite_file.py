"""Reads a TFLite model."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import tflite
from numpy.typing import NDArray

CONVOLUTION = tflite.BuiltinOperator.CONV_2D
DEPTHWISE_CONVOLUTION = tflite.BuiltinOperator.DEPTHWISE_CONV_2D
ADDITION = tflite.BuiltinOperator.ADD
RESHAPE = tflite.BuiltinOperator.RESHAPE
DEQUANTIZATION = tflite.BuiltinOperator.DEQUANTIZE

_OPTIONS = {CONVOLUTION: tflite.Conv2DOptions, DEPTHWISE_CONVOLUTION: tflite.DepthwiseConv2DOptions}


@dataclass(frozen=True, slots=True)
class Operator:
    """One step; tensors are given by number."""

    kind: int
    inputs: list[int]
    output: int
    stride: int
    """1 except for convolutions; the padding of those is always SAME."""
    relu6: bool


class TfliteFile:
    """The first graph of the model."""

    def __init__(self, data: bytes) -> None:
        self._model = tflite.Model.GetRootAsModel(data, 0)
        self._graph = self._model.Subgraphs(0)
        self.input: int = self._graph.Inputs(0)

    def operators(self) -> Iterator[Operator]:
        """Yield the operators in order: each comes after those whose outputs it uses."""
        for number in range(self._graph.OperatorsLength()):
            yield self._read(self._graph.Operators(number))

    def constant(self, tensor: int) -> NDArray[np.float32]:
        """Return a constant of 16-bit numbers."""
        found = self._graph.Tensors(tensor)
        halves: NDArray[np.float16] = self._model.Buffers(found.Buffer()).DataAsNumpy().view(np.float16)
        return halves.astype(np.float32).reshape(found.ShapeAsNumpy())

    def _read(self, operator: tflite.Operator) -> Operator:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        stride, relu6 = 1, False
        if kind in _OPTIONS:
            table, options = operator.BuiltinOptions(), _OPTIONS[kind]()
            options.Init(table.Bytes, table.Pos)
            stride = options.StrideH()
            relu6 = options.FusedActivationFunction() == tflite.ActivationFunctionType.RELU6
        return Operator(kind, operator.InputsAsNumpy().tolist(), operator.Outputs(0), stride, relu6)
