"""`python -m tests.support.judge_pictures DIRECTORY`: run a worker's decoder and engine on pictures.

Prints as JSON the numbers judged and refused, the slowest picture and the growth of peak memory. It is a
separate process so that a crash or a peak can be blamed on a picture.
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


def read_peak_memory() -> int:
    """Return the peak resident set size of this process, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux, getrusage starts with the peak of the parent process.
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def ordinary_frame() -> NDArray[np.uint8]:
    """Return a frame of a camera's usual size."""
    return np.zeros((480, 640, 3), np.uint8)


def is_judged(engine: Engine, data: bytes, max_pixels: int) -> bool:
    """Return whether the picture can be decoded; any error but a refusal is raised."""
    try:
        picture = decode(data, max_pixels)
    except PictureError:
        return False
    engine.detect(picture.pixels)
    encode_thumbnail(picture.small)
    return 0 <= brightness_of(picture.small) <= 1 and detail_of(picture.small) >= 0


def main() -> None:
    """Judge each file of the directory."""
    settings = Settings()
    engine = load_engine(settings)
    engine.detect(ordinary_frame())
    before = read_peak_memory()
    times, judged = {}, 0
    for file in sorted(Path(sys.argv[1]).iterdir()):
        started = time.process_time()  # independent of the machine's other load
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
                "grown": read_peak_memory() - before,
            }
        )
    )


if __name__ == "__main__":
    main()
