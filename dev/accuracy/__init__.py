"""`python -m dev accuracy FOLDER`: measure the engines on labelled pictures."""

import argparse
from pathlib import Path

from dev.accuracy.frame_cost import frame_costs
from dev.accuracy.labels import read_labels
from dev.accuracy.measure import measure_all
from dev.accuracy.pictures import save_mistakes, save_plot
from dev.accuracy.report import groups, summary, tables
from dev.accuracy.saved_run import compare, read_run, save_run
from shared.settings import Detector, Settings

DEFAULT_ENGINES = [Detector.DLIB_GUIDED, Detector.DLIB_HOG]


def main(arguments: list[str]) -> int:
    """Print the figures of each engine, and save its answers, the plot and the mistakes."""
    options = _parser().parse_args(arguments)
    earlier = read_run(options.against) if options.against else None
    labels, settings = read_labels(options.folder, options.group), Settings()
    all_answers = measure_all(labels, options.engine or DEFAULT_ENGINES, settings, options.size)
    options.out.mkdir(parents=True, exist_ok=True)
    for answers in all_answers:
        print("", *tables(answers), sep="\n")
        if options.group:
            print(*groups(answers), sep="\n")
        sheet = options.out / f"mistakes-{answers.engine}.jpg"
        print(f"  {save_mistakes(answers, sheet)} frames in {sheet}")
    print("", f"{len(labels)} frames of {options.size[0]}x{options.size[1]}", *summary(all_answers), sep="\n")
    print("", *frame_costs(labels, settings), sep="\n")
    save_plot(all_answers, options.out / "f1-against-time.png")
    save_run(all_answers, options.size, options.out / "run.json")
    print("", f"the answers are in {options.out / 'run.json'}: compare a later run with --against", sep="\n")
    if earlier:
        print("", *compare(earlier, all_answers), sep="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev accuracy",
        description="FOLDER/labels.csv needs the columns file and faces; persons (empty: unknown), kind, "
        "tags and origin are optional.",
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
    parser.add_argument("--group", metavar="COLUMN", help="the column that divides people into groups")
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="the run.json of an earlier run, to name the pictures whose answers changed",
    )
    parser.add_argument(
        "--out", type=Path, default=Path(".data/accuracy"), metavar="DIR", help="(.data/accuracy)"
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)
