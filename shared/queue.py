"""The Celery configuration shared by gateway, workers and scheduler: queues, task names, delivery rules.

Messages carry ids only. Tasks are sent by name, so that a sender needs no worker code.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from celery import Celery
from kombu.serialization import dumps
from kombu.transport import TRANSPORT_ALIASES

from shared.redis.url import broker_options, broker_url
from shared.settings import Settings

FRAMES = "frames"
EVIDENCE = "evidence"

JUDGE_FRAME = "frames.judge"
UPLOAD_EVIDENCE = "evidence.upload"
SWEEP_EVIDENCE = "evidence.sweep"
RETIRE_EVIDENCE = "evidence.retire"
EXPIRE_JOBS = "evidence.expire_jobs"
REWRITE_REDIS_FILE = "evidence.forget_frames"  # the old name: both versions run during an upgrade
ERASE = "evidence.erase"
DELETE_PARTIAL_FILES = "evidence.delete_unfinished"  # likewise
PRINT_REPORT = "evidence.print_report"
MAINTAIN_AUDIT_LOG = "evidence.maintain_audit_log"
RETIRE_TIMELINES = "evidence.retire_timelines"
WRITE_TIMELINES = "evidence.write_timelines"

TASK_SECONDS = 30
"""Hard time limit of a task: its process is killed, which counts as one of a frame's attempts."""

VISIBILITY_SECONDS = TASK_SECONDS + 15
"""An unacknowledged message is redelivered after this time, plus up to ten seconds."""


_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_SECONDS,
    # Check for unacknowledged messages every time; kombu's default of every tenth adds up to 100 s.
    "unacked_restore_throttle": 1,
    # Give up a silent connection, whether it waits for a reply or for a message.
    "socket_keepalive": True,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 5,
}


def create_celery(settings: Settings) -> Celery:
    """Return a configured application for one shard; it connects when first used."""
    # kombu looks the transport up by the URL's scheme.
    TRANSPORT_ALIASES.update(
        redis="shared.redis.broker:Transport",
        rediss="shared.redis.broker:Transport",
        sentinel="shared.redis.broker:SentinelTransport",
    )
    redis_url = settings.own_shard.url
    celery = Celery("proctor", broker=broker_url(redis_url), set_as_current=False)
    celery.conf.update(
        task_routes={"frames.*": FRAMES, "evidence.*": EVIDENCE},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        # Otherwise a task killed by its time limit would be acknowledged, and its job would never end.
        task_acks_on_failure_or_timeout=False,
        task_time_limit=TASK_SECONDS,
        worker_prefetch_multiplier=1,
        worker_disable_rate_limits=True,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_TRANSPORT_OPTIONS | broker_options(redis_url),
    )
    return celery


UPLOADS_PER_MESSAGE = 10
"""One message and two statements for so many pictures cost a third of the processor time."""


def upload_messages(evidence_ids: Iterable[UUID]) -> Iterator[tuple[str, ...]]:
    """Yield the arguments of as few messages as can carry these uploads."""
    ids = iter(map(str, evidence_ids))
    while message := tuple(islice(ids, UPLOADS_PER_MESSAGE)):
        yield message


class TaskMessage:
    """Template of a Celery message, as stored in its queue's Redis list; the task's argument is its own id.

    `admit.lua` pushes the message of a job in the same step that creates it. `send_task` would be a second,
    blocking round trip, and a crash between the two would leave a job without a message. Celery builds the
    message once; this class adds the envelope of kombu's `Producer.publish`. A test compares the two.
    """

    _PLACEHOLDER = UUID(int=0)

    def __init__(self, celery: Celery, task: str) -> None:
        self.queue = task.partition(".")[0]
        self._template = _build_message(celery, task, self.queue, str(self._PLACEHOLDER))

    def render(self, task_id: UUID) -> str:
        """Return one message, without an expiry: deadlines use Redis's clock, not a worker's."""
        return self._template.replace(str(self._PLACEHOLDER), str(task_id))


def _build_message(celery: Celery, name: str, queue: str, task_id: str) -> str:
    task = celery.amqp.create_task_message(task_id, name, args=(task_id,))
    content_type, content_encoding, body = dumps(task.body, "json")
    delivery = {
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": queue},
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
