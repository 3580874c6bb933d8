"""Describe validation errors for the user who sent the input."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

MAX_ERRORS = 10
MAX_FIELD_CHARS = 100

_LOCATIONS = {"body", "query", "path", "header"}

# By pydantic's type of error; names in braces are from the error's context.
_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "json_invalid": "is not valid JSON",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "union_tag_invalid": "must have one of {expected_tags} as {discriminator}",
    "union_tag_not_found": "must have {discriminator}",
    "uuid_type": "must be an id",
    "uuid_parsing": "must be an id",
    "value_error": "{error}",
}


class FieldError(BaseModel):
    """An error in one field."""

    field: str = Field(examples=["title"])
    message: str = Field(examples=["must not be empty"])

    def __str__(self) -> str:
        return f"{self.field} {self.message}"


def describe(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Describe the first ten of pydantic's errors, without the input, which may be a picture or a key."""
    return [FieldError(field=_field(error), message=_message(error)) for error in errors[:MAX_ERRORS]]


def _field(error: Mapping[str, Any]) -> str:
    location, *inner = (str(part) for part in error["loc"]) if error["loc"] else ("message",)
    if error["type"] == "json_invalid" or (location in _LOCATIONS and not inner):
        return location
    path = inner if location in _LOCATIONS else [location, *inner]
    return ".".join(path)[:MAX_FIELD_CHARS]


def _message(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "string_too_short" and context["min_length"] == 1:
        return "must not be empty"
    template = _MESSAGES.get(error["type"])
    if template is None:
        return str(error["msg"]).replace("Input should be", "must be", 1)
    return template.format_map(context)
