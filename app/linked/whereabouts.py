"""The root of the addresses that the linked data are known by."""

from fastapi import Request

from app.settings import WebSettings


def root(settings: WebSettings, otherwise: str) -> str:
    """The address of the settings, or ``otherwise`` where they have none; it ends with ``/``."""
    told = str(settings.public_url) if settings.public_url is not None else otherwise
    return f"{told.rstrip('/')}/"


def base_of(request: Request) -> str:
    """The root for who makes this request."""
    settings: WebSettings = request.app.state.settings
    return root(settings, str(request.base_url))
