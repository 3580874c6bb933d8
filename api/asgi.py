"""The gateway's entry point: `uvicorn api.asgi:app`."""

from api.app import create_app
from shared.settings import Settings

app = create_app(Settings())
