"""What is better seen than read: F1 against time, and the mistakes."""

from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw, ImageOps

from dev.accuracy.looking import Look, Looks
from dev.accuracy.scores import score

TILE = (240, 180)
CAPTION = 14
COLUMNS = 6


def save_plot(all_looks: list[Looks], path: Path) -> None:
    """A point for each engine."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and the engines' processes need none of it

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for looks in all_looks:
        milliseconds = median(look.detect_ms for look in looks.looks)
        f1 = score(looks.looks, "more than one, confirmed or suspected").f1
        axes.plot(milliseconds, f1, "o")
        axes.annotate(looks.engine, (milliseconds, f1), xytext=(6, 4), textcoords="offset points")
    axes.set(
        xscale="log",
        xlabel="milliseconds a frame (median)",
        ylabel="F1 of “more than one face”",
        ylim=(0, 1.02),
    )
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def save_mistakes(looks: Looks, path: Path) -> int:
    """A contact sheet of the frames whose answer was wrong; returns how many there are."""
    wrong = [look for look in looks.looks if min(look.faces, 2) != min(look.label.faces, 2)]
    height = TILE[1] + 2 * CAPTION
    sheet = Image.new("RGB", (COLUMNS * TILE[0], max(1, -(-len(wrong) // COLUMNS)) * height), "white")
    for number, look in enumerate(wrong):
        row, column = divmod(number, COLUMNS)
        sheet.paste(_tile(look), (column * TILE[0], row * height))
    sheet.save(path, quality=85)
    return len(wrong)


def _tile(look: Look) -> Image.Image:
    tile = Image.new("RGB", (TILE[0], TILE[1] + 2 * CAPTION), "white")
    with Image.open(look.label.file) as image:
        tile.paste(ImageOps.pad(image.convert("RGB"), TILE), (0, 0))
    draw = ImageDraw.Draw(tile)
    draw.text(
        (2, TILE[1]), f"{look.label.faces} there, {look.faces} seen, {look.confirmed} confirmed", "black"
    )
    draw.text((2, TILE[1] + CAPTION), f"{look.label.file.name} {look.label.tags}"[:40], "grey")
    return tile
