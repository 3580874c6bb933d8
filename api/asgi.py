"""ASGI application factory of the gateway, served by `python -m api.server`."""

from starlette.types import ASGIApp

from api.app import create_gateway
from api.server.parent import end_with_parent
from shared.logs import configure_logging
from shared.settings import read_settings


def create() -> ASGIApp:
    """Create the application from the environment's settings; called once in each server process."""
    end_with_parent()
    configure_logging()
    return create_gateway(read_settings())
