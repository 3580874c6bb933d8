"""A Celery app whose tasks only sleep, as long as the simulated detector."""

import time

from shared.queue import JUDGE_FRAME, create_celery
from shared.settings import Settings

settings = Settings()
celery = create_celery(settings)


@celery.task(name=JUDGE_FRAME)
def judge_frame(_: str) -> None:
    """Sleep."""
    time.sleep(settings.simulated_detector_ms / 1000)
