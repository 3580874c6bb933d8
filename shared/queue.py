"""The Celery application that gateway, workers and scheduler agree on: queues, task names, delivery rules.

Messages carry ids only. Tasks are known by name, so that whoever enqueues one imports no worker code.
"""

import json
from uuid import UUID

from celery import Celery
from kombu.serialization import dumps
from kombu.transport import TRANSPORT_ALIASES

from shared.redis.url import broker_url
from shared.settings import Settings

FRAMES = "frames"
EVIDENCE = "evidence"

JUDGE_FRAME = "frames.judge"
UPLOAD_EVIDENCE = "evidence.upload"
SWEEP_EVIDENCE = "evidence.sweep"
RETIRE_EVIDENCE = "evidence.retire"
EXPIRE_JOBS = "evidence.expire_jobs"
FORGET_FRAMES = "evidence.forget_frames"
ERASE = "evidence.erase"
DELETE_UNFINISHED = "evidence.delete_unfinished"

TASK_SECONDS = 30
"""Hard limit of one task: a frame that takes longer is killed and counts as one of its three attempts."""

VISIBILITY_SECONDS = TASK_SECONDS + 15
"""After this long without an acknowledgement a message is handed to another worker, within ten seconds."""


def create_celery(settings: Settings) -> Celery:
    """A Celery application that is configured but not connected."""
    # By name, as it is kombu that finds the transport, by the URL's scheme.
    TRANSPORT_ALIASES.update(redis="shared.redis.broker:Transport", rediss="shared.redis.broker:Transport")
    broker = broker_url(settings.redis_url.get_secret_value())
    celery = Celery("proctor", broker=broker, set_as_current=False)
    celery.conf.update(
        task_routes={"frames.*": FRAMES, "evidence.*": EVIDENCE},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        # Without this a task that is killed for its time counts as handled, and its job would never end.
        task_acks_on_failure_or_timeout=False,
        task_time_limit=TASK_SECONDS,
        worker_prefetch_multiplier=1,
        worker_disable_rate_limits=True,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_SECONDS,
            # Otherwise workers look only every tenth time, and it may take 100 s longer.
            "unacked_restore_throttle": 1,
            # A connection that falls silent is given up, whether a command or a message is awaited on it.
            "socket_keepalive": True,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "health_check_interval": 5,
        },
    )
    return celery


class JudgeMessage:
    """The message that has a worker judge a job, as it lies in the Redis list of the queue `frames`.

    The gateway writes it in the same Redis script that writes the job: `send_task` would be a second,
    blocking round trip, between which a job could be left without a message. Celery builds it, once; what
    is done here is the envelope that kombu's `Producer.publish` would add, and filling in id and time. A
    test holds the outcome against what `send_task` puts there.
    """

    _ANY_ID = UUID(int=0)

    def __init__(self, celery: Celery) -> None:
        self._form = _enveloped(celery, str(self._ANY_ID))

    def render(self, job_id: UUID) -> str:
        """The message for one job. It never expires: that is for Redis's clock to say, not for a worker's."""
        return self._form.replace(str(self._ANY_ID), str(job_id))


def _enveloped(celery: Celery, task_id: str) -> str:
    task = celery.amqp.create_task_message(task_id, JUDGE_FRAME, args=(task_id,))
    content_type, content_encoding, body = dumps(task.body, "json")
    delivery = {
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": FRAMES},
        "priority": 0,
        "delivery_tag": task_id,
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
