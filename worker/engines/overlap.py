"""Non-maximum suppression: of boxes that overlap, keep the one with the highest score."""

import numpy as np
from numpy.typing import NDArray


def suppress_non_maxima(boxes: NDArray[np.float32], scores: NDArray[np.float32], max_iou: float) -> list[int]:
    """Return the rows to keep, highest score first.

    `boxes` has a row of left, top, width and height for each score. A box is dropped if its intersection over
    union with a kept one is more than `max_iou`.
    """
    ends = boxes[:, :2] + boxes[:, 2:4]
    areas = boxes[:, 2] * boxes[:, 3]
    rows = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while rows.size:
        best, others = rows[0], rows[1:]
        kept.append(int(best))
        starts = np.maximum(boxes[best, :2], boxes[others, :2])
        shared = np.prod(np.maximum(np.minimum(ends[best], ends[others]) - starts, 0), axis=1)
        rows = others[shared <= max_iou * (areas[best] + areas[others] - shared)]
    return kept
