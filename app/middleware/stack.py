"""The layers around the application, in their order."""

from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.middleware.compression import Compressed
from app.middleware.headers import AnswerHeaders
from app.middleware.limits import RequestSize, RequestTime
from app.middleware.rate import RateLimit
from app.settings import WebSettings


def install(app: FastAPI, web: WebSettings) -> None:
    """Put the layers around an application.

    The headers come outermost, for refusals too; a refused request has cost neither a search nor a connection. Who the
    client is only the proxies that are configured may say, by ``X-Forwarded-For``.
    """
    app.add_middleware(RequestTime, seconds=web.request_seconds)
    app.add_middleware(RateLimit, readings=web.rate_readings, computations=web.rate_computations)
    app.add_middleware(RequestSize)
    app.add_middleware(Compressed)
    app.add_middleware(AnswerHeaders)
    if web.proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=web.proxies)
