"""YuNet (Wu, Peng and Yu, 2023): a small network that proposes faces and their landmarks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image, ImageOps

from worker.engines.model_file import find_packaged, identify_other_yunet
from worker.engines.overlap import suppress_non_maxima
from worker.engines.session import open_session

STRIDES = (8, 16, 32)
OUTPUTS = ("cls", "obj", "bbox", "kps")

TARGET_PIXELS = 640 * 480
"""A picture with more than twice as many is shrunk for the network."""
SIDE_MULTIPLE = 32
"""Sides must be a multiple of the coarsest grid's stride."""
MAX_IOU = 0.3
"""Two boxes with more intersection over union are one face; the one with the lower score is dropped."""


_Pixels = NDArray[np.uint8] | NDArray[np.uint16]
"""Values from 0 to 255."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible face; coordinates are in pixels and may lie outside the picture."""

    left: float
    top: float
    width: float
    height: float
    score: float
    landmarks: NDArray[np.float32]
    """5 x 2: left eye (in the picture), right eye, nose, corners of the mouth."""


class YuNet:
    """The network in memory. It is stateless between pictures."""

    def __init__(self, name: str, model: Path) -> None:
        self.name = f"{name}, onnxruntime {onnxruntime.__version__}"
        self._session = open_session(model)
        self._outputs = [f"{part}_{stride}" for stride in STRIDES for part in OUTPUTS]
        *_, height, width = self._session.get_inputs()[0].shape
        self._fixed: tuple[int, int] | None = (width, height) if isinstance(width, int) else None

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Load a model file, or by default the packaged one. Raises ModelError."""
        if path is None:
            return cls("YuNet of libfacedetection 3", find_packaged("yunet.onnx"))
        return cls(identify_other_yunet(path), path)

    def propose(self, picture: NDArray[np.uint8], threshold: float) -> list[Proposal]:
        """Return possible faces in an RGB picture, highest score first."""
        height, width, _ = picture.shape
        return self._run(picture, threshold, self._shrink_factor(width, height), stretch=False)

    def propose_at_half(self, picture: NDArray[np.uint8], threshold: float) -> list[Proposal]:
        """As `propose`, on the picture at half that size and with its contrast stretched."""
        height, width, _ = picture.shape
        return self._run(picture, threshold, 2 * self._shrink_factor(width, height), stretch=True)

    def _run(
        self, picture: NDArray[np.uint8], threshold: float, factor: int, *, stretch: bool
    ) -> list[Proposal]:
        small = _shrink(picture, factor)
        canvas = self._canvas(_stretch(small) if stretch else small)
        outputs = self._session.run(self._outputs, {"input": canvas})
        boxes = _decode(outputs, canvas.shape[3], threshold)
        boxes[:, :14] *= factor
        return [_proposal(boxes[row]) for row in suppress_non_maxima(boxes[:, :4], boxes[:, 14], MAX_IOU)]

    def _shrink_factor(self, width: int, height: int) -> int:
        """Return by how much to shrink the picture: an integer, as averaging blocks is cheap."""
        if self._fixed:
            return max(1, math.ceil(max(width / self._fixed[0], height / self._fixed[1])))
        return max(1, round(math.sqrt(width * height / TARGET_PIXELS)))

    def _canvas(self, small: _Pixels) -> NDArray[np.float32]:
        """Return the network's input: 1 x 3 x height x width, BGR, padded with black at right and bottom."""
        height, width, _ = small.shape
        columns, rows = self._fixed or (
            -(-width // SIDE_MULTIPLE) * SIDE_MULTIPLE,
            -(-height // SIDE_MULTIPLE) * SIDE_MULTIPLE,
        )
        # Zeroing all of it first would take as long as filling it.
        canvas = np.empty((1, 3, rows, columns), np.float32)
        canvas[:, :, height:] = canvas[:, :, :, width:] = 0
        canvas[0, :, :height, :width] = small[:, :, ::-1].transpose(2, 0, 1)
        return canvas


def _shrink(picture: NDArray[np.uint8], factor: int) -> _Pixels:
    height, width, _ = picture.shape
    if factor == 1:
        return picture
    if factor == 2 and height % 2 == width % 2 == 0:
        return halve(picture)
    return np.asarray(Image.fromarray(picture).reduce(factor))


def halve(picture: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return the same as Pillow's `reduce(2)`, in two thirds of the time. Both sides must be even."""
    height, width, _ = picture.shape
    rows = np.add(picture[::2], picture[1::2], dtype=np.uint16).reshape(height // 2, width * 3)
    # Each pixel plus the next one: contiguous numbers are added faster. Every second sum is dropped.
    sums = np.full_like(rows, 2)  # to round to the nearest
    sums[:, :-3] += rows[:, :-3] + rows[:, 3:]
    sums >>= 2
    return sums.reshape(height // 2, width // 2, 6)[:, :, :3]


def _stretch(picture: _Pixels) -> NDArray[np.uint8]:
    """Stretch each colour channel to full contrast, for backlit pictures and dirty lenses."""
    return np.asarray(ImageOps.autocontrast(Image.fromarray(picture.astype(np.uint8))))


def _decode(outputs: Sequence[NDArray[np.float32]], columns: int, threshold: float) -> NDArray[np.float32]:
    """Return rows of left, top, width, height, five landmarks and score, from the three grids."""
    rows = [np.empty((0, 15), np.float32)]
    for level, stride in enumerate(STRIDES):
        classes, objects, boxes, landmarks = (output[0] for output in outputs[4 * level : 4 * level + 4])
        scores = np.sqrt(classes[:, 0] * objects[:, 0])
        (indices,) = np.nonzero(scores >= threshold)
        if not indices.size:
            continue
        cells = np.stack([indices % (columns // stride), indices // (columns // stride)], axis=1)
        centres = (cells + boxes[indices, :2]) * stride
        sizes = np.exp(boxes[indices, 2:]) * stride
        points = (landmarks[indices] + np.tile(cells, 5)) * stride
        rows.append(np.hstack([centres - sizes / 2, sizes, points, scores[indices, None]]))
    return np.vstack(rows).astype(np.float32)


def _proposal(row: NDArray[np.float32]) -> Proposal:
    left, top, width, height = (float(number) for number in row[:4])
    return Proposal(left, top, width, height, score=float(row[14]), landmarks=row[4:14].reshape(5, 2))
