"""Settings of the store, read from the environment (prefix ``OMBRA_``) once, at the border."""

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CLONE = Path(__file__).resolve().parent.parent


class StoreSettings(BaseSettings):
    """Where the database is.

    ``OMBRA_DATABASE_URL``
        Address of a PostGIS database (``postgresql://user:password@host:port/name``). Unset or empty: Ombra runs a
        private cluster of its own.
    ``OMBRA_HOME``
        Folder for the private cluster, the log and the state of the server; ``.ombra`` in the clone by default.
    ``OMBRA_STREETS_FILE``
        OpenStreetMap extract (``.osm.pbf`` or ``.osm``) whose streets ``./ombra up`` puts behind the map. Unset: what
        was loaded before stays.
    ``OMBRA_NOMINATIM_URL``
        Address of a Nominatim server (``https://…``) that is asked for addresses that no loaded record knows, one a
        second. Unset: nobody outside is asked. Addresses of protected places are never sent.
    """

    model_config = SettingsConfigDict(env_prefix="OMBRA_", env_ignore_empty=True, extra="ignore", frozen=True)

    # Held as a secret so that neither a traceback nor a log of the settings shows the password.
    database_url: SecretStr | None = None
    home: Path | None = None
    streets_file: Path | None = None
    nominatim_url: HttpUrl | None = None
    # A web process keeps 5 connections and may borrow 5; with the private server's limit of 100 (3 of them
    # reserved) that leaves room for the jobs, the tests and a person with psql.
    pool_size: int = Field(default=5, ge=1, le=50)
    pool_overflow: int = Field(default=5, ge=0, le=50)

    @property
    def state(self) -> Path:
        """Folder of the caller's own state: log and process file of the web server."""
        return (self.home or CLONE / ".ombra").absolute()
