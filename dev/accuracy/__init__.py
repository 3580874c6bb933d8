"""`python -m dev accuracy FOLDER`: what the engines are worth on labelled pictures."""

import argparse
from pathlib import Path

from dev.accuracy.labels import read_labels
from dev.accuracy.looking import look_at_all
from dev.accuracy.pictures import save_mistakes, save_plot
from dev.accuracy.report import groups, summary, tables
from shared.settings import Detector, Settings

USUAL = [Detector.DLIB_GUIDED, Detector.DLIB_HOG]


def main(arguments: list[str]) -> int:
    """Print the figures of each engine, and save the plot and the mistakes."""
    options = _parser().parse_args(arguments)
    labels = read_labels(options.folder, options.group)
    all_looks = look_at_all(labels, options.engine or USUAL, Settings(), options.size)
    options.out.mkdir(parents=True, exist_ok=True)
    for looks in all_looks:
        print("", *tables(looks), sep="\n")
        if options.group:
            print(*groups(looks), sep="\n")
        sheet = options.out / f"mistakes-{looks.engine}.jpg"
        print(f"  {save_mistakes(looks, sheet)} frames in {sheet}")
    print("", f"{len(labels)} frames of {options.size[0]}x{options.size[1]}", *summary(all_looks), sep="\n")
    save_plot(all_looks, options.out / "f1-against-time.png")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev accuracy",
        description="FOLDER/labels.csv needs the columns file and faces; kind, tags and origin are optional.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--engine",
        type=Detector,
        action="append",
        metavar="ENGINE",
        help="dlib-guided, dlib-hog or dlib-cnn; may be repeated (dlib-guided and dlib-hog, the tutorial's)",
    )
    parser.add_argument("--size", type=_size, default=(640, 480), metavar="WIDTHxHEIGHT", help="(640x480)")
    parser.add_argument("--group", metavar="COLUMN", help="the column that tells groups of people apart")
    parser.add_argument(
        "--out", type=Path, default=Path(".data/accuracy"), metavar="DIR", help="(.data/accuracy)"
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)
