"""SSD MobileNetV2 (Open Images V4): a network that finds people, with or without a visible face."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from shared.verdicts import Box, DetectedPerson
from worker.engines.model_file import read_packaged
from worker.engines.overlap import suppress_non_maxima
from worker.engines.session import open_session

MIN_SCORE = 0.25
"""Less likely persons are not reported."""
MIN_LOGIT = math.log(MIN_SCORE / (1 - MIN_SCORE))
MAX_IOU = 0.5
"""Two boxes with more intersection over union are one person."""
TARGET_PIXELS = 214 * 160
"""Size of the input: a 640x480 picture shrunk by 3. Larger ones cost more and find fewer people close up."""

STRIDES = (16, 32, 64, 128)
TRAINED_SIDE = 300
"""Side in pixels of the square pictures the network was trained on; the anchors' sizes never change."""
SCALES = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Sizes of the anchors of each stride relative to TRAINED_SIDE, and of the next coarser stride."""
CENTRE_STEP, SIZE_STEP = 10, 5
"""What the network's outputs are multiples of."""


@dataclass(frozen=True, slots=True)
class _Anchors:
    """One row per anchor of a feature map: where its box is, in pixels of the input."""

    centres: NDArray[np.float32]
    sizes: NDArray[np.float32]


class PersonNetwork:
    """The network in memory. It is stateless between pictures."""

    def __init__(self, model: bytes) -> None:
        self.name = f"SSD MobileNetV2 persons, onnxruntime {onnxruntime.__version__}"
        self._session = open_session(model)
        self._outputs = [f"anchors_{stride}" for stride in STRIDES]

    @classmethod
    def load(cls) -> Self:
        """Load the packaged file. Raises ModelError."""
        return cls(read_packaged("person.onnx"))

    def detect(self, picture: NDArray[np.uint8]) -> tuple[DetectedPerson, ...]:
        """Return possible persons in an RGB picture (height x width x 3), highest score first."""
        height, width, _ = picture.shape
        factor = max(1, round(math.sqrt(width * height / TARGET_PIXELS)))
        canvas = _canvas(picture, factor)
        outputs = self._session.run(self._outputs, {"input": canvas})
        boxes, scores = _decode(outputs, canvas.shape[2], canvas.shape[3])
        kept = suppress_non_maxima(boxes, scores, MAX_IOU)
        persons = [_person(boxes[row] * factor, float(scores[row]), width, height) for row in kept]
        return tuple(person for person in persons if person.box.width > 0 and person.box.height > 0)


def _canvas(picture: NDArray[np.uint8], factor: int) -> NDArray[np.float32]:
    """Return the network's input: 1 x 3 x height x width, from -1 to 1."""
    small = picture if factor == 1 else np.asarray(Image.fromarray(picture).reduce(factor))
    return small.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1


def _decode(
    outputs: list[NDArray[np.float32]], height: int, width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return rows of left, top, width and height in pixels of the input, and their scores."""
    rows, logits = [], []
    for output, anchors in zip(outputs, _anchors(height, width), strict=True):
        values = output.reshape(-1, 5, output.shape[2] * output.shape[3])
        found = np.nonzero(values[:, 4] >= MIN_LOGIT)
        y, x, high, wide, logit = values[found[0], :, found[1]].T
        sizes = anchors.sizes[found[0]]
        centres = anchors.centres[found[1]] + np.stack([x, y], axis=1) / CENTRE_STEP * sizes
        sides = sizes * np.exp(np.stack([wide, high], axis=1) / SIZE_STEP)
        rows.append(np.hstack([centres - sides / 2, sides]))
        logits.append(logit)
    return np.vstack(rows), 1 / (1 + np.exp(-np.concatenate(logits)))


@lru_cache(maxsize=8)
def _anchors(height: int, width: int) -> tuple[_Anchors, ...]:
    return tuple(
        _Anchors(
            np.array([(x, y) for y in _centres(height, level) for x in _centres(width, level)], np.float32),
            np.array(_anchor_sizes(level), np.float32),
        )
        for level in range(len(STRIDES))
    )


def _anchor_sizes(level: int) -> list[tuple[float, float]]:
    """Return width and height of the anchors at each cell."""
    scale, next_scale = SCALES[level : level + 2]
    shapes = [(scale, 1.0), (scale, 2.0), (scale, 1 / 2), (scale, 3.0), (scale, 1 / 3)]
    shapes.append((math.sqrt(scale * next_scale), 1.0))
    if level == 0:
        shapes = [(0.1, 1.0), (scale, 2.0), (scale, 1 / 2)]
    return [
        (scale * TRAINED_SIDE * math.sqrt(ratio), scale * TRAINED_SIDE / math.sqrt(ratio))
        for scale, ratio in shapes
    ]


def _centres(side: int, level: int) -> list[float]:
    """Return where the cells of a feature map look in a picture with that side.

    The network learned its offsets at TRAINED_SIDE from centres at equal distances. They are related to the
    centres of the cells' receptive fields, which depend on how each convolution pads.
    """
    first, cells = _first_tap(side, STRIDES[level])
    trained_first, trained_cells = _first_tap(TRAINED_SIDE, STRIDES[level])
    trained_middle = trained_first + (trained_cells - 1) / 2 * STRIDES[level]
    return [first + cell * STRIDES[level] + TRAINED_SIDE / 2 - trained_middle for cell in range(cells)]


def _first_tap(side: int, stride: int) -> tuple[int, int]:
    """Return the pixel that the first cell's middle taps lead to, and the number of cells."""
    offset, step = 0, 1
    while step < stride:
        # Padding is one pixel before and after an odd side, but only after an even one.
        offset += step if side % 2 == 0 else 0
        side = -(-side // 2)
        step *= 2
    return offset, side


def _person(box: NDArray[np.float32], score: float, width: int, height: int) -> DetectedPerson:
    left, top = max(round(float(box[0])), 0), max(round(float(box[1])), 0)
    right = min(round(float(box[0] + box[2])), width)
    bottom = min(round(float(box[1] + box[3])), height)
    return DetectedPerson(
        box=Box(left=left, top=top, width=right - left, height=bottom - top), score=round(score, 4)
    )
