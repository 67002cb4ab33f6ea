"""Find the programs of a PostgreSQL server that has PostGIS.

Run as a module (``python -m etl.store.cluster.programs``) it prints the folder of the programs and ends
with 0, or ends with 1 where there is none: the launcher asks this before it installs anything.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from etl.errors import ClusterError
from etl.i18n import _

MINIMUM_SERVER = 14
_PATTERNS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/lib64/pgsql/bin", "usr/local/pgsql/bin")


@dataclass(frozen=True)
class Programs:
    """One installed server: the folder of its programs and its major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """Full path of one program, for example ``initdb``."""
        return str(self.folder / name)


def installed(root: Path = Path("/")) -> list[Programs]:
    """Servers with PostGIS on this machine, newest first; ``root`` is the top of the file system."""
    found = [programs for folder in _candidates(root) if (programs := _inspect(folder)) is not None]
    return sorted(found, key=lambda programs: programs.major, reverse=True)


def choose(found: Iterable[Programs], data_version: int | None) -> Programs:
    """Pick the server for a data folder; PostgreSQL opens only data of its own major version.

    Raises
    ------
    ClusterError
        No server with PostGIS is installed, or none of the version that made the data.
    """
    servers = list(found)
    if not servers:
        raise ClusterError(
            _(
                "Manca PostgreSQL {minima} o successivo con PostGIS. Installarlo (Debian: apt-get install "
                "postgresql-15-postgis-3), oppure indicare un altro database con OMBRA_DATABASE_URL, oppure usare "
                "«docker compose up» (si veda docker-compose.yml)."
            ).format(minima=MINIMUM_SERVER)
        )
    if data_version is None:
        return servers[0]
    for programs in servers:
        if programs.major == data_version:
            return programs
    raise ClusterError(
        _(
            "I dati sono stati creati con PostgreSQL {dati}, ma con PostGIS sono installate solo le "
            "versioni {presenti}. "
            "Installare quella versione (Debian: apt-get install postgresql-{dati}-postgis-3), oppure spostare "
            "altrove la cartella dei dati e ripetere «./ombra up»."
        ).format(dati=data_version, presenti=", ".join(str(programs.major) for programs in servers))
    )


def _candidates(root: Path) -> Iterable[Path]:
    on_path = shutil.which("postgres") if root == Path("/") else None
    folders = [folder for pattern in _PATTERNS for folder in sorted(root.glob(pattern))]
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    return dict.fromkeys(folders)


def _inspect(folder: Path) -> Programs | None:
    needed = ("postgres", "initdb", "pg_ctl")
    if not all((folder / name).is_file() for name in needed) or not _has_postgis(folder):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", _output(folder / "postgres", "--version"))
    major = int(match.group(1)) if match else 0
    return Programs(folder, major) if major >= MINIMUM_SERVER else None


def _has_postgis(folder: Path) -> bool:
    shares = [Path(str(folder).replace("/lib/postgresql/", "/share/postgresql/")).parent]
    if (folder / "pg_config").is_file():
        shares.append(Path(_output(folder / "pg_config", "--sharedir")))
    return any((share / "extension" / "postgis.control").is_file() for share in shares)


def _output(program: Path, argument: str) -> str:
    try:
        return subprocess.run(
            [program, argument], capture_output=True, text=True, timeout=10, check=False
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


if __name__ == "__main__":
    servers = installed()
    print(servers[0].folder if servers else "")
    sys.exit(0 if servers else 1)
