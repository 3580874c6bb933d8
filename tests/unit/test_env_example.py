"""`.env.example` can be copied unchanged: it lists every setting with its default."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from shared.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_example_lists_exactly_the_settings() -> None:
    assert {name.lower() for name in dotenv_values(EXAMPLE)} == set(Settings.model_fields)


def test_example_has_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in dotenv_values(EXAMPLE):
        monkeypatch.delenv(name, raising=False)
    defaults = Settings()

    for name, value in dotenv_values(EXAMPLE).items():
        monkeypatch.setenv(name, value or "")

    assert Settings() == defaults
