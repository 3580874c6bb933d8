"""The id of a participant in a path, and the error for an unknown one."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

ParticipantId = Annotated[UUID, Path(description="From the list of people")]
NO_SUCH_PARTICIPANT = "there is no such participant in this meeting"
