"""Workers that judge nothing: each task waits as long as the simulated detector, and that is all."""

import time

from shared.queue import JUDGE_FRAME, create_celery
from shared.settings import Settings

settings = Settings()
celery = create_celery(settings)


@celery.task(name=JUDGE_FRAME)
def judge_frame(_: str) -> None:
    """Waits."""
    time.sleep(settings.simulated_detector_ms / 1000)
