"""The description of the API for programs, written once and then only sent."""

import hashlib

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.api.conditional import headers, held

URL = "/api/openapi.json"

router = APIRouter(include_in_schema=False)


@router.get(URL)
def contract(request: Request) -> Response:
    """The OpenAPI document; it changes only with the program."""
    state = request.app.state
    if not hasattr(state, "contract"):
        state.contract = bytes(JSONResponse(request.app.openapi()).body)
    told = headers(f'W/"{hashlib.sha256(state.contract).hexdigest()[:24]}"')
    if told["ETag"] in held(request):
        return Response(status_code=304, headers=told)
    return Response(state.contract, media_type="application/json", headers=told)
