"""The default engine: a small network proposes faces, and dlib's HOG detector confirms them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.judging.thresholds import SureFace, Thresholds, mouth_angle
from shared.rules import MIN_CONFIRM_THRESHOLD, MIN_FACE_THRESHOLD, Rules
from shared.verdicts import Box, Face
from worker.engines.upright_hog import UprightHog
from worker.engines.yunet import Proposal, YuNet

SURE_SCORE = 0.5
"""If no proposal has this score, the network runs a second time at half size."""
HALF_SIZE_PENALTY = 0.1
"""Subtracted from the scores of proposals at half size, which are less reliable."""
MAX_CONFIRMATIONS = 6
"""In a crowd, a few confirmed faces suffice to show that there is more than one."""


class DlibGuided:
    """Each proposal of the network is a face. dlib confirms only if there are several, where it matters."""

    name = "dlib-guided"

    def __init__(self, model: Path | None) -> None:
        """Load the network from a model file, or by default the packaged one. Raises ModelError."""
        self._network = YuNet.load(model)
        self._hog = UprightHog(MIN_CONFIRM_THRESHOLD)
        self.version = f"{self._network.name}, {self._hog.name}"

    def thresholds(self, rules: Rules) -> Thresholds:
        """Return those of the rules."""
        sure = SureFace(rules.sure_face_threshold, rules.max_mouth_angle, rules.sure_face_allowance)
        return Thresholds(face=rules.face_threshold, confirm=rules.confirm_threshold, sure_face=sure)

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the proposals, highest score first; scores are the network's, from 0 to 1."""
        proposals = self._propose(picture)
        confirmations = _count_confirmations(proposals)
        return tuple(
            _face(
                picture,
                proposal,
                self._hog.score(picture, proposal) if index < confirmations else None,
            )
            for index, proposal in enumerate(proposals)
        )

    def _propose(self, picture: NDArray[np.uint8]) -> list[Proposal]:
        proposals = self._network.propose(picture, MIN_FACE_THRESHOLD)
        if proposals and proposals[0].score >= SURE_SCORE:
            return proposals
        # Dark, blurred, pale and tilted faces are found more often in a smaller picture with more contrast.
        half = self._network.propose_at_half(picture, MIN_FACE_THRESHOLD + HALF_SIZE_PENALTY)
        penalised = [replace(proposal, score=proposal.score - HALF_SIZE_PENALTY) for proposal in half]
        return max(proposals, penalised, key=_highest_score)


def _count_confirmations(proposals: list[Proposal]) -> int:
    """Return how many proposals dlib checks: none of one; of several the sure ones, at least two."""
    sure = sum(proposal.score >= SURE_SCORE for proposal in proposals)
    return min(max(sure, 2), MAX_CONFIRMATIONS) if len(proposals) > 1 else 0


def _highest_score(proposals: list[Proposal]) -> float:
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
        mouth_angle=round(mouth_angle(proposal.landmarks.tolist()), 1),
    )
