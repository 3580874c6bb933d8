"""Non-maximum suppression: of boxes that overlap, keep the one with the highest score."""

import numpy as np
from numpy.typing import NDArray


def suppress_non_maxima(boxes: NDArray[np.float32], scores: NDArray[np.float32], max_iou: float) -> list[int]:
    """Return the rows to keep, highest score first.

    `boxes` has a row of left, top, width and height for each score. A box is dropped if its intersection over
    union with a kept one is more than `max_iou`.
    """
    kept: list[int] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        if all(_intersection_over_union(boxes[row], boxes[other]) <= max_iou for other in kept):
            kept.append(row)
    return kept


def _intersection_over_union(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the shared area relative to the united area."""
    ends = np.minimum(one[:2] + one[2:4], other[:2] + other[2:4])
    width, height = np.maximum(ends - np.maximum(one[:2], other[:2]), 0)
    shared = float(width * height)
    return shared / float(one[2] * one[3] + other[2] * other[3] - shared)
