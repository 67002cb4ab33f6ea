"""Settings of the private cluster: what ``initdb`` is told and the files that every start writes anew."""

from collections.abc import Mapping
from pathlib import Path

OURS = "ombra.conf"  # included at the end of postgresql.conf, so that its settings win
LOG_LIMIT = 5 * 2**20  # bytes of server.log after which a start puts it aside

# C.UTF-8 knows upper and lower case of accented letters and sorts the same everywhere; Italian order is asked for
# where it matters, by an ICU collation.
INITDB = (
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--auth-local=peer",
    "--auth-host=reject",
    "--data-checksums",
    "--no-instructions",
)

# For a machine with 2 cores and a few GB that also runs the application. Just-in-time compilation is off because
# it costs more than it saves on queries that call PostGIS functions.
DEFAULTS = {
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_connections": "100",
    "max_wal_size": "1GB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


def files(owner: str, socket_folder: Path, port: int, options: Mapping[str, str]) -> dict[str, str]:
    """Content of the configuration files by name.

    ``owner`` is the system user of the cluster; ``socket_folder`` an absolute path; ``options`` replace defaults.
    """
    settings = {
        **DEFAULTS,
        **options,
        "listen_addresses": "",
        "port": str(port),
        "unix_socket_directories": f'"{socket_folder}"',
        "unix_socket_permissions": "0700",
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return {
        OURS: "# written by Ombra at every start\n" + "\n".join(lines) + "\n",
        "pg_hba.conf": "local all all peer map=ombra\n",
        "pg_ident.conf": "".join(f'ombra "{name}" ombra\n' for name in sorted({owner, "root"})),
    }
