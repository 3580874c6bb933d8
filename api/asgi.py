"""The gateway as an ASGI application factory, which `python -m api.server` serves."""

from fastapi import FastAPI

from api.app import create_app
from shared.logs import configure_logging
from shared.settings import read_settings


def create() -> FastAPI:
    """Create the application from the environment's settings; each process of the server calls it once."""
    configure_logging()
    return create_app(read_settings())
