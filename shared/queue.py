"""The Celery application that gateway, workers and scheduler agree on: queues, task names, delivery rules.

Messages carry ids only. Tasks are known by name, so that whoever enqueues one imports no worker code.
"""

import json
from datetime import datetime
from uuid import UUID, uuid4

from celery import Celery
from kombu.serialization import dumps

from shared.settings import Settings

FRAMES = "frames"
EVIDENCE = "evidence"

JUDGE_FRAME = "frames.judge"
UPLOAD_EVIDENCE = "evidence.upload"
SWEEP_EVIDENCE = "evidence.sweep"
RETIRE_EVIDENCE = "evidence.retire"
EXPIRE_JOBS = "evidence.expire_jobs"

TASK_SECONDS = 30
"""Hard limit of one task: a frame that takes longer is killed and counts as one of its three attempts."""

VISIBILITY_SECONDS = TASK_SECONDS + 15
"""After this long without an acknowledgement Redis hands a message to another worker."""


def create_celery(settings: Settings) -> Celery:
    """A Celery application that is configured but not connected."""
    celery = Celery("proctor", broker=settings.redis_url.get_secret_value(), set_as_current=False)
    celery.conf.update(
        task_routes={"frames.*": FRAMES, "evidence.*": EVIDENCE},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        # Without this a task that is killed for its time counts as handled, and its job would never end.
        task_acks_on_failure_or_timeout=False,
        task_time_limit=TASK_SECONDS,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"visibility_timeout": VISIBILITY_SECONDS, "socket_keepalive": True},
    )
    return celery


def judge_message(celery: Celery, job_id: UUID, expires: datetime) -> str:
    """The message that has a worker judge a job, as it lies in the Redis list of the queue `frames`.

    Celery builds it; what is done here is only the envelope that kombu's `Producer.publish` would add.
    The gateway writes it in the same Redis script that writes the job: `send_task` would be a second,
    blocking round trip, between which a job could be left without a message. A test holds this
    envelope against the one that `send_task` puts there.
    """
    task = celery.amqp.create_task_message(str(job_id), JUDGE_FRAME, args=(str(job_id),), expires=expires)
    content_type, content_encoding, body = dumps(task.body, "json")
    delivery = {
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": FRAMES},
        "priority": 0,
        "delivery_tag": str(uuid4()),
    }
    return json.dumps(
        {
            "body": body,
            "content-encoding": content_encoding,
            "content-type": content_type,
            "headers": task.headers,
            "properties": task.properties | delivery,
        }
    )
