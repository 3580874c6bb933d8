"""A fake of Dyte's API v2, which RealtimeKit shares, over real HTTP and with faults.

with FakeDyte() as dyte:
    dyte.fail_next(UNAVAILABLE)
    settings = dyte.as_dyte(settings)          # or dyte.as_realtimekit(settings)
"""

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from dev.vendors.server import Answer, Call, NoAnswer, Vendor
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

ORG_ID, API_KEY = "org-of-the-tests", "key-of-the-tests"
ACCOUNT_ID, APP_ID, API_TOKEN = "account", "app", "token-of-the-tests"
DYTE_PATH = "/v2"
REALTIMEKIT_PATH = f"/client/v4/accounts/{ACCOUNT_ID}/realtime/kit/{APP_ID}"
CREATED = {"created_at": "2026-08-24T14:15:22Z", "updated_at": "2026-08-24T14:15:22Z"}


def success(status: int, data: object, **more: object) -> Answer:
    """Return a successful answer."""
    return Answer(status, json.dumps({"success": True, "data": data, **more}))


def refusal(status: int, message: str) -> Answer:
    """Return the product's own error, as opposed to its gateway's."""
    return Answer(status, json.dumps({"success": False, "error": {"code": status, "message": message}}))


GATEWAY_REFUSAL = Answer(
    403,
    '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],'
    '"messages":[],"result":null}',
)
UNAUTHORISED = Answer(401, '{"message":"Unauthorized"}')
LIMITED = Answer(429, headers={"Retry-After": "4", "X-Envoy-RateLimited": "true"})
LIMITED_IN_JSON = refusal(429, "Too many requests")
LIMITED_FOR_LONG = Answer(429, headers={"Retry-After": "300"})
SERVER_ERROR = refusal(500, "Internal server error")
BAD_GATEWAY = Answer(502, "<html><h1>502 Bad Gateway</h1></html>")
UNSUCCESSFUL_200 = Answer(200, '{"success":false,"error":{"code":200,"message":"expletive"}}')
DEEP = Answer(200, "[" * 100_000)


@dataclass
class Participant:
    """A participant of a meeting, with every token issued for them."""

    body: dict[str, Any]
    tokens: list[str]


@dataclass
class Meeting:
    """A meeting at the vendor."""

    title: str
    status: str = "ACTIVE"
    participants: dict[str, Participant] = field(default_factory=dict)


class FakeDyte(Vendor):
    """Serves the paths of both vendors."""

    def __init__(self) -> None:
        super().__init__()
        self.meetings: dict[str, Meeting] = {}
        self.presets = [f"webinar_{number}" for number in range(120)]
        self.presets += ["group_call_host", "group_call_participant"]
        self.requests: list[str] = []
        """Method and path of every call, including refused ones."""
        self.during_join: Callable[[], object] = lambda: None
        """Called while a participant is being added."""

    def as_dyte(self, settings: Settings, **more: object) -> Settings:
        """Return settings of a gateway that uses it as Dyte."""
        video = {
            "video_provider": "dyte",
            "dyte_org_id": ORG_ID,
            "dyte_api_key": API_KEY,
            "dyte_api_url": self.url + DYTE_PATH,
        }
        return Settings.model_validate({**dict(settings), **video, **more})

    def as_realtimekit(self, settings: Settings, **more: object) -> Settings:
        """Return settings of a gateway that uses it as RealtimeKit."""
        video = {
            "video_provider": "realtimekit",
            "realtimekit_account_id": ACCOUNT_ID,
            "realtimekit_app_id": APP_ID,
            "realtimekit_api_token": API_TOKEN,
            "realtimekit_api_url": f"{self.url}/client/v4",
        }
        return Settings.model_validate({**dict(settings), **video, **more})

    def answer(self, call: Call) -> Answer | NoAnswer:
        """Answer one call."""
        self.requests.append(f"{call.method} {call.target}")
        if (fault := self.meet_fault()) is not None:
            return fault
        authorization = call.headers.get("Authorization", "")
        url = urlsplit(call.target)
        if url.path.startswith(REALTIMEKIT_PATH):
            if authorization != f"Bearer {API_TOKEN}":
                return GATEWAY_REFUSAL
            path = url.path.removeprefix(REALTIMEKIT_PATH)
        else:
            basic = base64.b64encode(f"{ORG_ID}:{API_KEY}".encode()).decode()
            if authorization != f"Basic {basic}":
                return UNAUTHORISED
            path = url.path.removeprefix(DYTE_PATH)
        return self._do(call.method, path, parse_qs(url.query), json.loads(call.body or "{}"))

    def _do(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> Answer:
        match method, path.strip("/").split("/"):
            case "GET", ["presets"]:
                return self._list_presets(int(query["page_no"][0]), int(query["per_page"][0]))
            case "POST", ["meetings"]:
                return self._create(body)
            case "PATCH", ["meetings", meeting_id] if meeting := self.meetings.get(meeting_id):
                meeting.status = body["status"]
                return success(200, {"id": meeting_id, "status": meeting.status, **CREATED})
            case "GET", ["meetings", meeting_id] if meeting := self.meetings.get(meeting_id):
                return success(200, {"id": meeting_id, "title": meeting.title, **CREATED})
            case "POST", ["meetings", meeting_id, "participants", *rest] if self.meetings.get(meeting_id):
                return self._add_participant(meeting_id, rest, body)
            case "DELETE", ["meetings", meeting_id, "participants", participant_id] if self.meetings.get(
                meeting_id
            ):
                return self._remove(meeting_id, participant_id)
        return refusal(404, "No such meeting")

    def _list_presets(self, page: int, size: int) -> Answer:
        names = self.presets[(page - 1) * size : page * size]
        paging = {"total_count": len(self.presets), "start_offset": (page - 1) * size + 1, "end_offset": 0}
        return success(200, [{"id": str(uuid4()), "name": name, **CREATED} for name in names], paging=paging)

    def _create(self, body: dict[str, Any]) -> Answer:
        meeting_id = str(uuid4())
        self.meetings[meeting_id] = Meeting(body["title"])
        return success(201, {"id": meeting_id, "title": body["title"], "status": "ACTIVE", **CREATED})

    def _add_participant(self, meeting_id: str, rest: list[str], body: dict[str, Any]) -> Answer:
        meeting = self.meetings[meeting_id]
        match rest:
            case []:
                self.during_join()
                if body.get("preset_name") not in self.presets:
                    return refusal(404, f"No preset found with name {body.get('preset_name')}")
                participant_id = f"aaa-{uuid4()}"
                token = _token(meeting_id, participant_id)
                meeting.participants[participant_id] = Participant(body, [token])
                return success(
                    201, {"id": participant_id, "picture": None, **body, **CREATED, "token": token}
                )
            case [participant_id, "token"] if participant := meeting.participants.get(participant_id):
                token = _token(meeting_id, participant_id)
                participant.tokens.append(token)
                return success(200, {"token": token})
        return refusal(404, "No such participant")

    def _remove(self, meeting_id: str, participant_id: str) -> Answer:
        participant = self.meetings[meeting_id].participants.pop(participant_id, None)
        if participant is None:
            return refusal(404, "No such participant")
        about = {
            "custom_participant_id": participant.body["custom_participant_id"],
            "preset_id": str(uuid4()),
        }
        return success(200, {**about, **CREATED})


def _token(meeting_id: str, participant_id: str) -> str:
    """Return a JSON web token that the vendor's SDK can read; only the vendor would check its signature."""
    claims = {"orgId": ORG_ID, "meetingId": meeting_id, "participantId": participant_id}
    parts = ({"alg": "HS256"}, claims, {"signature": str(uuid4())})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(part.rstrip("=") for part in encoded)
