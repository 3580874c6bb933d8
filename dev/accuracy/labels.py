"""The labelled pictures: how many faces and persons somebody counted in each."""

import csv
from dataclasses import dataclass
from pathlib import Path

from dev.stack.errors import CannotStartError

COLUMNS = ("file", "faces")


@dataclass(frozen=True, slots=True)
class Label:
    """A row of labels.csv; missing optional columns are empty."""

    file: Path
    name: str
    """The file as the row names it."""
    faces: int
    persons: int | None
    """Persons with and without a visible face; None if unknown. Without the column: as many as faces."""
    kind: str
    tags: str
    origin: str
    group: str


def read_labels(folder: Path, group: str | None) -> list[Label]:
    """Return the rows of the folder's labels.csv; `group` names the column that divides people into groups.

    Raises CannotStartError if something is missing or wrong.
    """
    path = folder / "labels.csv"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            wanted = [*COLUMNS, *([group] if group else [])]
            if missing := [column for column in wanted if column not in (rows.fieldnames or ())]:
                raise CannotStartError(f"{path} has no column {', '.join(missing)}")
            labels = [_label(folder, row, group, number) for number, row in enumerate(rows, start=2)]
    except OSError as error:
        raise CannotStartError(f"{path} can't be read: {error.strerror}") from error
    if not labels:
        raise CannotStartError(f"{path} lists no picture")
    return labels


def _label(folder: Path, row: dict[str, str], group: str | None, line: int) -> Label:
    file = folder / row["file"]
    if not file.is_file():
        raise CannotStartError(f"labels.csv, line {line}: there is no picture {file}")
    faces = _number(row, "faces", line)
    persons = row.get("persons")
    texts = [row.get(column) or "" for column in ("kind", "tags", "origin", group or "")]
    if persons is None:
        return Label(file, row["file"], faces, faces, *texts)
    return Label(file, row["file"], faces, _number(row, "persons", line) if persons else None, *texts)


def _number(row: dict[str, str], column: str, line: int) -> int:
    if not row[column].isdecimal():
        raise CannotStartError(f"labels.csv, line {line}: {column} is {row[column]!r} and should be a number")
    return int(row[column])
