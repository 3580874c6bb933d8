"""An example for every JSON body of the OpenAPI document, made from its schema."""

from collections.abc import Mapping
from typing import Any

MEETING = "3f2b8a64-1c55-4f0e-9a57-0d6c5b7e9a11"
FORMATS = {
    "uuid": MEETING,
    "date-time": "2026-11-23T09:30:00Z",
    "date": "2026-11-23",
    "uri": "https://exam.example.org/",
    "email": "grace@example.org",
}
TEXTS = {
    "admin_id": "Yh3mYv0Zc4m0rS8y1yq8s5mA8sJb9d2u0c0M3l1xW5E",
    "base64_img": "/9j/4AAQSkZJRgABAQAAAQABAAD…",
    "candidate": "Ada Lovelace",
    "comment": "A second person reads over the shoulder.",
    "decision_state": "decided",
    "detail": "there is no such job",
    "email": "grace@example.org",
    "engine": "dlib-guided",
    "exam_url": "https://lms.example.org/exam/7",
    "img_url": "https://exam.example.org/evidence/3f2b8a64?expires=1795434000&signature=…",
    "meeting_id": MEETING,
    "name": "Ada Lovelace",
    "next": "MjAyNi0xMS0yM1QwOTozMDowMFosMTI",
    "office_contact": "exams@example.org",
    "outcome": "clear",
    "participant_id": MEETING,
    "participant_name": "Ada Lovelace",
    "reader_email": "grace@example.org",
    "reader_name": "Grace Hopper",
    "reason": "A second look.",
    "reason_code": "no_concern",
    "reviewer": "Grace Hopper",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "status_url": f"/jobs/{MEETING}",
    "text": "Please look at your screen.",
    "thumbnail_url": "https://exam.example.org/thumbnails/3f2b8a64?expires=1795434000&signature=…",
    "title": "Algebra I, final exam",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIzZjJiOGE2NCJ9.…",
    "verdict": "multiple_faces",
    "version": "YuNet 2023, dlib HOG",
}
"""By the field's name, where its schema has no example."""
SAMPLES = {
    "text/csv": "time,candidate,kind,faces\n2026-11-23T09:30:00Z,Ada Lovelace,multiple_faces,2\n",
    "text/plain": "One entry a line, as the description says.\n",
}


def add_example(content: dict[str, dict[str, Any]], schemas: Mapping[str, Any]) -> None:
    """Give each body in `content` an example, unless it has one; pictures, PDF and ZIP have none."""
    for kind, body in content.items():
        if "example" in body or "examples" in body:
            continue
        if kind == "application/json":
            body["example"] = example_of(body["schema"], schemas)
        elif kind in SAMPLES:
            body["example"] = SAMPLES[kind]


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return a value that matches the schema; `name` is the field's."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for given in ("const", "example"):
        if given in schema:
            return schema[given]
    for choices in ("examples", "enum"):
        if schema.get(choices):
            return schema[choices][0]
    for options in ("anyOf", "oneOf", "allOf"):
        if options in schema:
            return example_of(schema[options][0], schemas, name)
    return _example_of_type(schema, schemas, name)


def _example_of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON
    match schema.get("type"):
        case "object":
            return _example_of_object(schema, schemas)
        case "array":
            items = schema.get("prefixItems") or [schema.get("items", {})]
            return [example_of(item, schemas, name) for item in items]
        case "string":
            return FORMATS.get(schema.get("format", ""), TEXTS.get(name, name or "text"))
        case "integer" | "number":
            return _example_number(schema)
        case "boolean":
            return bool(schema.get("default", False))
        case _:
            return None


def _example_of_object(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: example_of(field, schemas, name) for name, field in schema.get("properties", {}).items()}
    more = schema.get("additionalProperties")
    if not fields and isinstance(more, dict):
        key = example_of(schema.get("propertyNames", {"type": "string"}), schemas, "key")
        fields[key] = example_of(more, schemas)
    return fields


def _example_number(schema: Mapping[str, Any]) -> float:
    default = schema.get("default")
    if isinstance(default, int | float):
        return default
    number: float = max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    return number
