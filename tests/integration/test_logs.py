"""Logs are JSON lines with ids, and contain no keys, names or pictures."""

import base64
import json
from typing import Any

import httpx

from dev.stack.stack import Stack
from tests.support.exam import ONE_FACE, TWO_FACES, Exam, bearer, to_base64
from tests.support.waiting import wait_until
from tests.support.ws_client import authenticated_connection, live_connection

NAME = "Zebulon Quux"
PARTS = ("gateway", "frames", "evidence", "scheduler")


def logs(stack: Stack) -> dict[str, str]:
    return {part: stack.processes[part].log.read_text() for part in PARTS}


def lines(log: str) -> list[dict[str, Any]]:
    """Return the JSON lines; Celery's banner is not JSON."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def test_logs_have_ids_and_no_secrets_or_names(stack: Stack, stack_client: httpx.Client) -> None:
    exam = Exam.create(stack_client)
    candidate = exam.join(NAME)
    job_id = candidate.submit_frame(TWO_FACES)
    candidate.wait_for_job(job_id)
    failed = candidate.submit_frame(ONE_FACE[:2_000])
    candidate.wait_for_job(failed)
    [flag] = wait_until(exam.get_stored_flags, "it is stored")
    link = httpx.URL(flag["img_url"])
    stack_client.get(link.path, params=link.params)
    stack_client.get(link.path, params={"signature": f"x{link.params['signature']}"})
    stack_client.get(f"/jobs/{job_id}", headers=bearer(f"{candidate.token}x"))
    stack_client.post("/is_admin", json={"meeting_id": exam.id, "admin_id": exam.admin_key})
    stack_client.post(f"/meetings/{exam.id}/messages", json={"text": NAME}, headers=bearer(exam.admin_key))
    with (
        authenticated_connection(stack_client, exam.id, exam.admin_key),
        live_connection(stack_client, exam.id) as page,
    ):
        page.send({"type": "hello", "credentials": f"{candidate.token}x"})
        page.wait_closed()
    stack_client.delete(f"/meetings/{exam.id}/participants/{candidate.id}", headers=bearer(exam.admin_key))

    written = logs(stack)
    secrets = {
        "the name": NAME,
        "a token": candidate.token.rpartition(".")[2],
        "the admin key": exam.admin_key,
        "a link": str(link.params["signature"]).rpartition(".")[2],
        "a picture": to_base64(TWO_FACES)[:60],
        "half a picture": base64.b64encode(ONE_FACE[:30]).decode(),
        "the secret key": stack.environment["SECRET_KEY"],
    }
    assert [
        (part, what) for part in PARTS for what, secret in secrets.items() if secret in written[part]
    ] == []

    judged = [line for line in lines(written["frames"]) if line.get("job_id") == job_id]
    assert [line["message"] for line in judged] == ["frame judged: multiple_faces"]
    assert judged[0]["meeting_id"] == exam.id
    assert set(judged[0]) >= {"at", "level", "logger", "process"}
    assert [line["meeting_id"] for line in lines(written["frames"]) if line.get("job_id") == failed] == [
        exam.id
    ]
    assert [line for line in lines(written["evidence"]) if "evidence_id" in line]
    assert lines(written["gateway"])
    assert lines(written["scheduler"])
