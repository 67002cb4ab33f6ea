"""A hot route whose answer may depend on the moment."""

from starlette.requests import Request
from starlette.responses import Response

from app.hot.route import HotRoute
from app.nearby.opening import NOW


class MomentRoute(HotRoute):
    """As :class:`app.hot.route.HotRoute`, but what is asked about now is answered anew each time and kept nowhere.

    So is what is answered while new data are read (:class:`app.nearby.known.Remembered`): their tag is not its own.
    """

    async def _response(self, request: Request) -> Response:
        state = request.app.state
        known = await state.near.of(state.hot, version := await state.versions.current())
        now = b"open_at" in request.scope["query_string"] and request.query_params.get("open_at") == NOW
        if known.version == version and not now:
            return await super()._response(request)
        response = await self._answer(request=request, **self._arguments(request))
        response.headers["Cache-Control"] = "no-store"
        return response
