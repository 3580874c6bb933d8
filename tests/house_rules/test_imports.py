"""Importing our modules has no side effects: no settings, no connection, no model."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_dockerfiles import ROOT

IMPORT_EVERYTHING = """
import gc, pkgutil, sys
from importlib import import_module

NETWORK = {"socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}

def refuse(event, arguments):
    if event in NETWORK:
        raise AssertionError(f"{event} {arguments}")
    if event == "open" and str(arguments[0]).endswith((".onnx", ".dat", ".npz")):
        raise AssertionError(f"a model is loaded: {arguments}")

sys.addaudithook(refuse)
imported = 0
for package in map(import_module, ("api", "shared", "worker")):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
        imported += 1
assert imported > 50, imported
assert "face_recognition.api" not in sys.modules  # importing it loads three models

from celery import Celery
from fastapi import FastAPI
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from sqlalchemy import Engine
from shared.settings import Settings

effects = (Settings, Engine, Redis, AsyncRedis, Celery, FastAPI)
created = [thing for thing in gc.get_objects() if type(thing) in effects]
assert not created, created
"""


def test_importing_any_module_has_no_effect() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("app", ["worker.frames", "worker.evidence"])
def test_celery_script_finds_the_application(app: str) -> None:
    """Unlike `python -m celery`, the script does not add the current directory to its path."""
    script = Path(sys.executable).with_name("celery")
    done = subprocess.run(
        [script, "-A", app, "report"],
        cwd=ROOT,
        env={"DETECTOR": "simulated"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "ResilientConsumer" in done.stdout
