"""A minimal gateway for comparison: it reads the same JSON body, and answers."""

from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def detect_faces(request: Request) -> JSONResponse:
    """Answer like the gateway, and do nothing."""
    frame = await request.json()
    return JSONResponse({"job_id": str(uuid4()), "bytes": len(frame["base64_img"])}, 202)


app = Starlette(routes=[Route("/detect_faces", detect_faces, methods=["POST"])])
