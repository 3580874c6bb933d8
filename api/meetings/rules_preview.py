"""How many of the last hour's flags other rules would have made."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting
from api.openapi import error_responses
from api.services import Use
from shared.db.flags import list_recent_findings
from shared.db.meetings import read_rule_overrides
from shared.judging.rescoring import Rescored, rescore_flag
from shared.rules import RuleOverrides

router = APIRouter(tags=["meetings"])

PERIOD = timedelta(hours=1)
MAX_FLAGS = 500
"""Bounds the time that one preview takes, whatever the meeting."""


class RulesPreview(BaseModel):
    """The flags since `since`, and what would have become of them."""

    since: datetime
    flags: int = Field(description="How many there are: the newest, at most 500")
    stay: int = Field(description="How many would have been flagged as well")
    depend: int = Field(
        description="How many may or may not: it depends on frames without a flag, of which nothing is kept"
    )


@router.post("/meetings/{meeting_id}/rules/preview", responses=error_responses(401, 404, 413, 422))
def post_rules_preview(services: Use, meeting: AdminMeeting, body: RuleOverrides) -> RulesPreview:
    """Apply rules to the flags of the last hour, without changing anything; fields as for `PATCH …/rules`.

    Frames without a flag are not kept. So this shows which flags would not have been made, and never how many
    more there would have been.
    """
    since, defaults = datetime.now(UTC) - PERIOD, services.settings.rules
    proposed = read_rule_overrides(services.database, meeting.id).model_copy(
        update=body.model_dump(exclude_unset=True)
    )
    rules = proposed.merged_with(defaults).model_dump(include=set(RuleOverrides.model_fields))
    found = list_recent_findings(services.database, meeting.id, since, MAX_FLAGS)
    counts = Counter(rescore_flag(kind, findings, rules, defaults) for kind, findings in found)
    return RulesPreview(
        since=since, flags=len(found), stay=counts[Rescored.STAYS], depend=counts[Rescored.DEPENDS]
    )
