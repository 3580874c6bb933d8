"""`python -m tests.support.judge_pictures DIRECTORY`: takes pictures through a worker's decoder and engine.

Prints as JSON how many were judged and refused, which took longest, and how far memory grew. In a process of
its own, as only there a death or a peak is a picture's doing.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.settings import Settings
from worker.engines.engine import Engine, load_engine
from worker.frames.picture import PictureError, decode
from worker.frames.thumbnail import brightness_of, detail_of, encode_thumbnail


def peak() -> int:
    """The most memory that this process has had so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Where there is this, getrusage begins with the peak of the process that started this one.
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def ordinary_frame() -> NDArray[np.uint8]:
    """What a camera sends, as far as memory is concerned."""
    return np.zeros((480, 640, 3), np.uint8)


def is_judged(engine: Engine, data: bytes, max_pixels: int) -> bool:
    """Whether it can be decoded; all else but a refusal is raised."""
    try:
        picture = decode(data, max_pixels)
    except PictureError:
        return False
    engine.detect(picture.pixels)
    encode_thumbnail(picture.small)
    return 0 <= brightness_of(picture.small) <= 1 and detail_of(picture.small) >= 0


def main() -> None:
    """Judges each file of the directory."""
    settings = Settings()
    engine = load_engine(settings)
    engine.detect(ordinary_frame())
    before = peak()
    times, judged = {}, 0
    for file in sorted(Path(sys.argv[1]).iterdir()):
        started = time.process_time()  # how busy the machine is with other things does not count
        judged += is_judged(engine, file.read_bytes(), settings.max_frame_pixels)
        times[file.name] = time.process_time() - started
    slowest = max(times, key=lambda name: times[name])
    print(
        json.dumps(
            {
                "judged": judged,
                "refused": len(times) - judged,
                "slowest": slowest,
                "seconds": times[slowest],
                "grown": peak() - before,
            }
        )
    )


if __name__ == "__main__":
    main()
