"""Settings of the web face, read from the environment (prefix ``OMBRA_``) when the app is made."""

from pydantic import AnyHttpUrl, EmailStr, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WebSettings(BaseSettings):
    """How Ombra is served.

    ``OMBRA_TILES_URL``
        Address of a tile server (``https://…/{z}/{x}/{y}.png``) whose tiles Ombra passes on. Unset: the map draws
        boundaries, settlements and names, and asks nobody.
    ``OMBRA_TILES_ATTRIBUTION``
        What the tile server's licence wants to be said on the map.
    ``OMBRA_STATEMENT_SECONDS``
        How long a read of the database may take before it is stopped.
    ``OMBRA_PAGE_SIZE``, ``OMBRA_PAGE_LIMIT``
        Features of a page of the API: without ``limit``, and at most.
    ``OMBRA_REQUEST_SECONDS``
        How long an answer may take to begin.
    ``OMBRA_RATE_READINGS``, ``OMBRA_RATE_COMPUTATIONS``
        Requests per minute that a client may make of what is looked up, and of what is computed.
    ``OMBRA_PROXIES``
        Addresses or networks (CIDR), separated by commas, of the proxies that may say who the client is.
    ``OMBRA_PUBLIC_URL``
        Address (``https://…``) by which the public reaches Ombra: the identifiers of the linked data begin with it.
        Unset: the address of each request.
    ``OMBRA_PUBLISHER``, ``OMBRA_PUBLISHER_CODE``
        Name and IPA code (or VAT number) of the body that publishes the data; the catalogue names it. Unset: Ombra.
    ``OMBRA_CONTACT``
        Electronic mail of the office that answers for the data. Unset: the catalogue tells no contact.
    """

    model_config = SettingsConfigDict(env_prefix="OMBRA_", env_ignore_empty=True, extra="ignore", frozen=True)

    tiles_url: str | None = None
    tiles_attribution: str = ""
    statement_seconds: float = Field(default=20.0, gt=0, le=600)
    # 312 municipalities fit on one page; their geometries weigh about 600 kB before compression.
    page_size: int = Field(default=500, ge=1)
    page_limit: int = Field(default=10_000, ge=1)
    # Longer than a statement may take: its own end, which says more, comes first.
    request_seconds: float = Field(default=30.0, gt=0, le=3600)
    # A map full of tiles asks for some hundreds in a minute, a reader of pages for some tens.
    rate_readings: int = Field(default=12_000, ge=1)
    rate_computations: int = Field(default=3_000, ge=1)
    proxies: str = ""
    public_url: AnyHttpUrl | None = None
    publisher: str = "Ombra"
    publisher_code: str = "ombra"
    contact: EmailStr | None = None
