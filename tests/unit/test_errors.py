"""Every error has a stable type, which docs/errors.md explains to clients."""

import json
import re

import pytest

from api.app import create_app
from api.error_handlers import to_problem
from api.errors import (
    OUTAGE_RETRY_SECONDS,
    InvalidInput,
    NotAPicture,
    ProblemError,
    ServerUnavailable,
    TooFast,
    VideoVendorFailed,
    VideoVendorUnavailable,
    WrongOrigin,
)
from api.openapi import error_types
from api.problem import NO_TYPE, error_response
from dev.stack.processes import ROOT
from shared.settings import Settings
from shared.video.error import NotAtVendor, VendorUnavailable

ROW = re.compile(r"^\| `([\w:-]+)` \| ([\d, ]+) \|", re.MULTILINE)
DOCUMENTED: dict[str, str] = dict(ROW.findall((ROOT / "docs/errors.md").read_text()))
SOURCES = [
    *(ROOT / "api").rglob("*.py"),
    ROOT / "frontend/nginx.conf",
    *(path for path in (ROOT / "frontend/src").rglob("*.ts*") if path.name != "schema.ts"),
]


def test_docs_list_every_error_with_its_status() -> None:
    statuses = {kind.type: str(kind.status.value) for kind in error_types()}

    assert {kind: status for kind, status in DOCUMENTED.items() if kind != NO_TYPE} == statuses


def test_every_type_in_the_sources_is_documented() -> None:
    written = {
        found
        for source in SOURCES
        # Python sources write `f"{URN}too-fast"`.
        for found in re.findall(r"(?:urn:proctor:|\{URN\})([\w-]+)", source.read_text())
    }

    assert len(written) > 10
    assert {f"urn:proctor:{name}" for name in written} <= set(DOCUMENTED)


def test_openapi_names_every_type_at_its_status() -> None:
    document = create_app(Settings()).openapi()
    frame = document["paths"]["/detect_faces"]["post"]["responses"]

    assert frame["429"] == {"$ref": "#/components/responses/Problem429"}
    for kind in set(error_types()) - {WrongOrigin}:  # only for WebSockets, which OpenAPI does not cover
        answer = document["components"]["responses"][f"Problem{kind.status}"]
        assert f"`{kind.type}`" in answer["description"]
        assert answer["content"]["application/problem+json"]["example"]["status"] == kind.status


def test_each_error_has_a_unique_type() -> None:
    assert all("type" in vars(kind) for kind in error_types())
    assert len({kind.type for kind in error_types()}) == len(error_types())


@pytest.mark.parametrize("error", [NotAPicture("no picture"), InvalidInput("no JSON")])
def test_subclass_inherits_status_but_not_type(error: ProblemError) -> None:
    answer = error_response(error)
    body = json.loads(bytes(answer.body))

    assert answer.status_code == body["status"] == 422
    assert body["type"] == error.type
    assert "errors" not in body


@pytest.mark.parametrize(
    ("error", "kind", "retry_after"),
    [
        (NotAtVendor("no such meeting"), VideoVendorFailed, None),
        (
            VendorUnavailable("too many calls", safe_to_repeat=True, retry_after=7.2),
            VideoVendorUnavailable,
            7.2,
        ),
    ],
)
def test_domain_error_maps_by_its_nearest_class(
    error: Exception, kind: type[ProblemError], retry_after: float | None
) -> None:
    problem = to_problem(error)

    assert type(problem) is kind
    assert (str(problem), problem.retry_after) == (str(error), retry_after)


def test_retry_after_header_is_in_whole_seconds() -> None:
    assert error_response(TooFast(0.2, 5_000)).headers["Retry-After"] == "1"
    assert error_response(ServerUnavailable("away")).headers["Retry-After"] == str(OUTAGE_RETRY_SECONDS)
