"""Converts the person detector: an SSD MobileNetV2 for 24 classes, of which only the person is kept."""

import numpy as np
from numpy.typing import NDArray

from conversion.onnx_file import Attribute, Graph
from conversion.tflite_file import (
    ADDITION,
    DEPTHWISE_CONVOLUTION,
    DEQUANTIZATION,
    RESHAPE,
    Operator,
    TfliteFile,
)

CLASSES, PERSON = 24, 4
STRIDES = (16, 32, 64, 128)
"""Those of the feature maps that are used; the two coarsest are left out."""

Weights = tuple[NDArray[np.float32], NDArray[np.float32]]


def build_person_network(model: bytes) -> bytes:
    """Return the network as an ONNX file.

    Input: `input` (1 x 3 x height x width, RGB from -1 to 1). Output: `anchors` (1 x n x 5): y, x, height,
    width and the logit of a person for each anchor of each cell, row by row, the finest map first.
    """
    return _Conversion(TfliteFile(model)).model()


class _Conversion:
    def __init__(self, source: TfliteFile) -> None:
        self._source = source
        self._graph = Graph()
        self._names = {source.input: "input"}
        self._constants: dict[int, int] = {}
        """The 16-bit constant of each 32-bit one."""

    def model(self) -> bytes:
        heads = self._add_features()
        maps = [
            self._head(boxes, classes, str(stride))
            for stride, boxes, classes in zip(STRIDES, heads[::2], heads[1::2], strict=True)
        ]
        anchors = self._graph.add("Concat", maps, "anchors", {"axis": 1})
        return self._graph.model(("input", [1, 3, "height", "width"]), [anchors])

    def _add_features(self) -> list[Operator]:
        """Add what comes before the heads; return these: a box and a class convolution for each stride."""
        operators = list(self._source.operators())
        reshaped = {operator.inputs[0] for operator in operators if operator.kind == RESHAPE}
        heads: list[Operator] = []
        for operator in operators:
            if operator.kind == DEQUANTIZATION:
                self._constants[operator.output] = operator.inputs[0]
            elif operator.output in reshaped:
                heads.append(operator)
            elif operator.kind == ADDITION:
                inputs = [self._names[tensor] for tensor in operator.inputs]
                self._names[operator.output] = self._graph.add("Add", inputs, f"add_{operator.output}")
            elif operator.kind != RESHAPE:
                self._add_convolution(operator)
            if len(heads) == 2 * len(STRIDES):
                break
        return heads

    def _add_convolution(self, operator: Operator) -> None:
        name = self._convolution(operator, self._weights(operator), f"conv_{operator.output}")
        if operator.relu6:
            name = self._graph.add("Clip", [name, *self._limits()], f"relu6_{operator.output}")
        self._names[operator.output] = name

    def _head(self, boxes: Operator, classes: Operator, name: str) -> str:
        """Add one convolution for both maps, with only the person's channels of the class map."""
        merged = [
            np.concatenate(
                [_per_anchor(box, 4), _per_anchor(scores, CLASSES)[:, PERSON : PERSON + 1]], axis=1
            )
            for box, scores in zip(self._weights(boxes), self._weights(classes), strict=True)
        ]
        kernels, biases = (part.reshape(-1, *part.shape[2:]) for part in merged)
        cells = self._convolution(boxes, (kernels, biases), f"cells_{name}")
        last = self._graph.add("Transpose", [cells], f"last_{name}", {"perm": [0, 2, 3, 1]})
        shape = self._graph.constant("shape", np.array([1, -1, 5], np.int64))
        return self._graph.add("Reshape", [last, shape], f"anchors_{name}")

    def _convolution(self, operator: Operator, weights: Weights, output: str) -> str:
        kernels, biases = weights
        attributes: dict[str, Attribute] = {
            "kernel_shape": list(kernels.shape[2:]),
            "strides": [operator.stride, operator.stride],
            "auto_pad": "SAME_UPPER",
        }
        if operator.kind == DEPTHWISE_CONVOLUTION:
            attributes["group"] = len(kernels)
        inputs = [
            self._names[operator.inputs[0]],
            self._graph.constant(f"kernels_{output}", kernels),
            self._graph.constant(f"biases_{output}", biases),
        ]
        return self._graph.add("Conv", inputs, output, attributes)

    def _weights(self, operator: Operator) -> Weights:
        """Return kernels in ONNX's order, filters x channels x rows x columns, and biases."""
        kernels, biases = (self._source.constant(self._constants[tensor]) for tensor in operator.inputs[1:])
        order = (3, 0, 1, 2) if operator.kind == DEPTHWISE_CONVOLUTION else (0, 3, 1, 2)
        return np.ascontiguousarray(kernels.transpose(order)), biases

    def _limits(self) -> list[str]:
        return [self._graph.constant(f"limit_{limit}", np.array(limit, np.float32)) for limit in (0, 6)]


def _per_anchor(weights: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """Divide the first dimension into anchors and the channels of each."""
    return weights.reshape(-1, channels, *weights.shape[1:])
