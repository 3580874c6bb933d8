"""The least a gateway could do: read the same JSON body, and answer."""

from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def detect_faces(request: Request) -> JSONResponse:
    """Answers like the gateway, and does nothing."""
    frame = await request.json()
    return JSONResponse({"job_id": str(uuid4()), "bytes": len(frame["base64_img"])}, 202)


app = Starlette(routes=[Route("/detect_faces", detect_faces, methods=["POST"])])
