"""A plot of F1 against time, and a sheet of mistakes."""

from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw, ImageOps

from dev.accuracy.answers import Answer, EngineAnswers
from dev.accuracy.questions import QUESTIONS
from dev.accuracy.saved_run import WORDS
from dev.accuracy.scores import score

TILE = (240, 180)
CAPTION = 14
COLUMNS = 6


def save_plot(all_answers: list[EngineAnswers], path: Path) -> None:
    """Plot a point for each engine."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and the engines' processes don't need it

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for answers in all_answers:
        milliseconds = median(answer.detect_ms for answer in answers.answers)
        f1 = score(answers.answers, "several persons, confirmed or suspected").f1
        axes.plot(milliseconds, f1, "o")
        axes.annotate(answers.engine, (milliseconds, f1), xytext=(6, 4), textcoords="offset points")
    axes.set(
        xscale="log",
        xlabel="milliseconds a frame (median)",
        ylabel="F1 of “several persons”",
        ylim=(0, 1.02),
    )
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def save_mistakes(answers: EngineAnswers, path: Path) -> int:
    """Save a contact sheet of frames with wrong answers; return their number."""
    wrong = [answer for answer in answers.answers if _is_wrong(answer)]
    height = TILE[1] + 2 * CAPTION
    sheet = Image.new("RGB", (COLUMNS * TILE[0], max(1, -(-len(wrong) // COLUMNS)) * height), "white")
    for number, answer in enumerate(wrong):
        row, column = divmod(number, COLUMNS)
        sheet.paste(_tile(answer), (column * TILE[0], row * height))
    sheet.save(path, quality=85)
    return len(wrong)


def _is_wrong(answer: Answer) -> bool:
    """Whether it is wrong about several persons, or about nobody."""
    asked = [QUESTIONS["several persons, confirmed or suspected"], QUESTIONS["nobody"]]
    return any(truth(answer.label) not in {None, claim(answer)} for truth, claim in asked)


def _tile(answer: Answer) -> Image.Image:
    tile = Image.new("RGB", (TILE[0], TILE[1] + 2 * CAPTION), "white")
    with Image.open(answer.label.file) as image:
        tile.paste(ImageOps.pad(image.convert("RGB"), TILE), (0, 0))
    draw, label = ImageDraw.Draw(tile), answer.label
    draw.text(
        (2, TILE[1]),
        f"{label.faces} faces, {label.persons} persons: {WORDS[answer.state]}",
        "black",
    )
    draw.text((2, TILE[1] + CAPTION), f"{label.file.name} {label.tags}"[:40], "grey")
    return tile
