"""A route without FastAPI's overhead."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import request_response


class BareRoute(APIRoute):
    """A route that FastAPI documents, but that is called directly with the request.

    FastAPI's handling of parameters and responses takes as long as accepting a frame.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        **documented: Any,  # noqa: ANN401 - any argument of APIRoute
    ) -> None:
        super().__init__(path, endpoint, **documented)
        self.app = request_response(endpoint)
