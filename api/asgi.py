"""The gateway as an ASGI application factory, which `python -m api.server` serves."""

from fastapi import FastAPI

from api.app import create_app
from shared.logs import log_as_json
from shared.settings import read_settings


def create() -> FastAPI:
    """Create the application from the environment's settings; each process of the server calls it once."""
    log_as_json()
    return create_app(read_settings())
