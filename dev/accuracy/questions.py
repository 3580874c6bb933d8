"""The questions about a frame: what its label says, and what the worker concludes."""

from collections.abc import Callable

from dev.accuracy.answers import Answer
from dev.accuracy.labels import Label
from shared.presence.observations import ObservationState

Truth = Callable[[Label], bool | None]
"""None if the label does not say."""
Claim = Callable[[Answer], bool]


def _persons(holds: Callable[[int], bool]) -> Truth:
    return lambda label: None if label.persons is None else holds(label.persons)


def _shows_several_faces(label: Label) -> bool | None:
    """None if more persons than faces were counted: a second face may be found in a part of a head."""
    if label.faces < 2 and label.persons and label.persons > 1:
        return None
    return label.faces > 1


def _shows_somebody(label: Label) -> bool | None:
    return True if label.faces or label.persons else _persons(bool)(label)


def _sees_nobody(answer: Answer) -> bool:
    return answer.state is ObservationState.NOBODY


def _sees_several(answer: Answer) -> bool:
    return answer.state in {ObservationState.CONFIRMED, ObservationState.SUSPECTED}


QUESTIONS: dict[str, tuple[Truth, Claim]] = {
    "more than one, confirmed": (
        _shows_several_faces,
        lambda answer: answer.state is ObservationState.CONFIRMED,
    ),
    "more than one, confirmed or suspected": (_shows_several_faces, lambda answer: answer.faces > 1),
    "several persons, confirmed or suspected": (_persons(lambda persons: persons > 1), _sees_several),
    "nobody": (_persons(lambda persons: persons == 0), _sees_nobody),
}
"""Scored by precision, recall and F1. The first two are about faces alone."""

RATES: dict[str, tuple[Truth, Claim]] = {
    "one person called nobody": (
        lambda label: label.faces < 2 and _shows_somebody(label),
        _sees_nobody,
    ),
    "nobody called somebody": (
        _persons(lambda persons: persons == 0),
        lambda answer: not _sees_nobody(answer),
    ),
    "second persons found": (_persons(lambda persons: persons > 1), _sees_several),
    "second persons found, one face visible": (
        lambda label: label.persons is not None and label.persons > 1 and label.faces < 2,
        _sees_several,
    ),
    "false second bodies, one person": (
        _persons(lambda persons: persons == 1),
        lambda answer: answer.without_face > (0 if answer.faces else 1),
    ),
    "one or none called several": (_persons(lambda persons: persons < 2), _sees_several),
}
"""To which frames each can happen, and when it has."""
