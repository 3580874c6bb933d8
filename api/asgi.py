"""The gateway as an ASGI application; `python -m api.uvicorn_server` serves it."""

from api.app import create_app
from shared.logs import log_as_json
from shared.settings import read_settings

log_as_json()
app = create_app(read_settings())
