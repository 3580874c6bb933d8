"""A run's answers as a small JSON file, without pictures, and the comparison with an earlier run."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from dev.accuracy.answers import Answer, EngineAnswers
from dev.stack.errors import CannotStartError
from shared.presence.observations import ObservationState

WORDS = {
    ObservationState.CONFIRMED: "several, confirmed",
    ObservationState.SUSPECTED: "several, suspected",
    ObservationState.ALLOWED: "one",
    ObservationState.FACE_HIDDEN: "somebody without a visible face",
    ObservationState.NOBODY: "nobody",
}


class SavedAnswer(BaseModel):
    """What one engine concluded from one picture."""

    model_config = ConfigDict(frozen=True)

    state: ObservationState
    faces: int
    confirmed: int
    without_face: int


class SavedEngine(BaseModel):
    """All answers of one engine, by the picture's name in labels.csv."""

    version: str
    answers: dict[str, SavedAnswer]


class SavedRun(BaseModel):
    """One run of the command."""

    size: tuple[int, int]
    engines: dict[str, SavedEngine]


def save_run(all_answers: list[EngineAnswers], size: tuple[int, int], path: Path) -> None:
    """Write the answers to a file."""
    engines = {
        answers.engine: SavedEngine(
            version=answers.version,
            answers={answer.label.name: _saved(answer) for answer in answers.answers},
        )
        for answers in all_answers
    }
    path.write_text(SavedRun(size=size, engines=engines).model_dump_json(indent=1) + "\n")


def read_run(path: Path) -> SavedRun:
    """Read the answers of an earlier run. Raises CannotStartError."""
    try:
        return SavedRun.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CannotStartError(f"{path} can't be read: {error.strerror}") from error
    except ValidationError as error:
        raise CannotStartError(f"{path} is not a saved run: {error.errors()[0]['msg']}") from error


def compare(earlier: SavedRun, all_answers: list[EngineAnswers]) -> Iterator[str]:
    """Yield a line for each picture whose answer changed, and the number of pictures compared."""
    for answers in all_answers:
        before = earlier.engines.get(answers.engine)
        if before is None:
            yield f"{answers.engine}: not in the earlier run"
            continue
        known = [answer for answer in answers.answers if answer.label.name in before.answers]
        changed = [answer for answer in known if before.answers[answer.label.name] != _saved(answer)]
        yield f"{answers.engine}: {len(changed)} of {len(known)} answers changed"
        for answer in changed:
            yield f"  {answer.label.name}: {_change(before.answers[answer.label.name], _saved(answer))}"


def _change(before: SavedAnswer, now: SavedAnswer) -> str:
    if before.state is not now.state:
        return f"{WORDS[before.state]} -> {WORDS[now.state]}"
    fields = [
        f"{name} {getattr(before, name)} -> {getattr(now, name)}"
        for name in ("faces", "confirmed", "without_face")
        if getattr(before, name) != getattr(now, name)
    ]
    return f"{WORDS[now.state]}, {', '.join(fields)}"


def _saved(answer: Answer) -> SavedAnswer:
    return SavedAnswer(
        state=answer.state,
        faces=answer.faces,
        confirmed=answer.confirmed,
        without_face=answer.without_face,
    )
