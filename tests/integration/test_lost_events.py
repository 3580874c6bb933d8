"""Live connections that must be closed although their gateway missed the event, or got it early."""

from uuid import UUID

from redis import Redis
from sqlalchemy import Engine, text

from api.live.events import Erased, candidate_address
from api.live.hub import CHANNEL
from shared.db.erasure import erase_participant
from shared.db.meetings import replace_admin_key
from shared.settings import StoreName
from tests.support.exam import CandidateClient, Exam
from tests.support.waiting import wait_until
from tests.support.ws_client import authenticated_connection, live_connection

ERASED = (4404, "the candidate was erased from the meeting")


def break_subscriptions(redis: Redis) -> None:
    assert redis.client_kill_filter(_type="pubsub")


def test_resubscribed_gateway_rechecks_admin_keys(exam: Exam, database: Engine, redis: Redis) -> None:
    other = Exam.create(exam.client)
    with (
        authenticated_connection(exam.client, exam.id, exam.admin_key) as page,
        authenticated_connection(exam.client, other.id, other.admin_key) as current,
    ):
        replace_admin_key(database, UUID(exam.id))
        break_subscriptions(redis)

        assert page.wait_closed()[0] == 4401
        other.send_message("Begin.").raise_for_status()
        assert current.receive("sent")["text"] == "Begin."


def test_resubscribed_gateway_rechecks_candidates(
    exam: Exam, candidate: CandidateClient, database: Engine, redis: Redis
) -> None:
    bob = exam.join("Bob")
    with (
        authenticated_connection(exam.client, exam.id, candidate.token) as page,
        authenticated_connection(exam.client, exam.id, bob.token) as remaining,
    ):
        erase_participant(database, UUID(exam.id), UUID(candidate.id), StoreName.LOCAL)
        break_subscriptions(redis)

        assert page.wait_closed() == ERASED
        exam.send_message("Begin.", bob).raise_for_status()
        assert remaining.receive("message")["text"] == "Begin."


def test_erasure_while_the_candidate_connects_closes(
    exam: Exam, candidate: CandidateClient, database: Engine, redis: Redis
) -> None:
    """The gateway listens before it looks for the candidate: an event in between is not missed."""
    address = candidate_address(UUID(exam.id), UUID(candidate.id))
    with live_connection(exam.client, exam.id) as page:
        with database.begin() as lock:
            lock.execute(text("LOCK TABLE participants"))
            page.send({"type": "hello", "credentials": candidate.token})
            wait_until(lambda: is_waiting_for_a_lock(database), "the gateway looks for the candidate")
            redis.publish(CHANNEL, f"{address} {Erased().model_dump_json()}")

        assert page.wait_closed() == ERASED
    wait_until(lambda: not redis.exists(f"connected:{candidate.id}"), "the candidate is not connected")


def is_waiting_for_a_lock(database: Engine) -> bool:
    with database.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
