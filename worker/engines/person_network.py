"""SSD MobileNetV2 (Open Images V4): a network that finds people, with or without a visible face."""

import math
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from shared.verdicts import Box, DetectedPerson
from worker.engines.model_file import find_packaged
from worker.engines.overlap import suppress_non_maxima
from worker.engines.session import open_session

MANY_ROWS = 4
"""Of blocks this high, only the middle row is used."""
MIN_SCORE = 0.25
"""Less likely persons are not reported."""
MIN_LOGIT = math.log(MIN_SCORE / (1 - MIN_SCORE))
MAX_IOU = 0.5
"""Two boxes with more intersection over union are one person."""
LANDSCAPE, PORTRAIT = (214, 160), (160, 214)
"""Sizes of the input. Larger ones cost more and find fewer people close up. Other shapes are stretched, as in
the training: the scores of a blank picture depend on the size, and are known for these two."""

STRIDES = (16, 32, 64, 128)
TRAINED_SIDE = 300
"""Side in pixels of the square pictures the network was trained on; the anchors' sizes never change."""
SCALES = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Sizes of the anchors of each stride relative to TRAINED_SIDE, and of the next coarser stride."""
CENTRE_STEP, SIZE_STEP = 10, 5
"""The unit of the network's outputs is one part in so many."""


class PersonNetwork:
    """The network in memory. It is stateless between pictures."""

    def __init__(self, model: Path) -> None:
        self.name = f"SSD MobileNetV2 persons, onnxruntime {onnxruntime.__version__}"
        self._session = open_session(model)

    @classmethod
    def load(cls) -> Self:
        """Load the packaged file. Raises ModelError."""
        return cls(find_packaged("person.onnx"))

    def detect(self, picture: NDArray[np.uint8]) -> tuple[DetectedPerson, ...]:
        """Return possible persons in an RGB picture (height x width x 3), highest score first."""
        height, width, _ = picture.shape
        size = LANDSCAPE if width >= height else PORTRAIT
        (outputs,) = self._session.run(["anchors"], {"input": _canvas(picture, size)})
        boxes, scores = _decode(outputs[0], size)
        scale = np.array([width / size[0], height / size[1]] * 2)
        kept = suppress_non_maxima(boxes, scores, MAX_IOU)
        persons = [_person(boxes[row] * scale, float(scores[row]), width, height) for row in kept]
        return tuple(person for person in persons if person.box.width > 0 and person.box.height > 0)


def _canvas(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return the network's input: 1 x 3 x height x width, from -1 to 1."""
    height, width, _ = picture.shape
    # Means of whole blocks are cheap. Of large blocks one row is enough.
    across, down = max(1, round(width / size[0])), max(1, round(height / size[1]))
    if down >= MANY_ROWS:
        picture, down = picture[down // 2 :: down], 1
    small = Image.fromarray(picture).reduce((across, down))
    if small.size != size:
        small = small.resize(size, Image.Resampling.BILINEAR)
    canvas = np.asarray(small).transpose(2, 0, 1)[None].astype(np.float32)
    canvas /= 127.5
    canvas -= 1
    return canvas


def _decode(
    outputs: NDArray[np.float32], size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return rows of left, top, width and height in pixels of the input, and their scores."""
    (likely,) = np.nonzero(outputs[:, 4] >= MIN_LOGIT)
    y, x, high, wide, logits = outputs[likely].T
    anchor_centres, anchor_sizes = (values[likely] for values in _anchors(size))
    centres = anchor_centres + np.stack([x, y], axis=1) / CENTRE_STEP * anchor_sizes
    sizes = anchor_sizes * np.exp(np.stack([wide, high], axis=1) / SIZE_STEP)
    return np.hstack([centres - sizes / 2, sizes]), 1 / (1 + np.exp(-logits))


@cache
def _anchors(size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return centres (x, y) and sizes (width, height) of all anchors in pixels of the input."""
    width, height = size
    anchors = [
        (x, y, *anchor)
        for level in range(len(STRIDES))
        for y in _centres(height, level)
        for x in _centres(width, level)
        for anchor in _anchor_sizes(level)
    ]
    centres, sizes = np.hsplit(np.array(anchors, np.float32), 2)
    return centres, sizes


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
