"""Turn what PostgreSQL says when it fails into a sentence that names the mend."""

from pathlib import Path

from etl.i18n import _


def explain(output: str, cluster: Path) -> str:
    """One Italian explanation for the output of ``initdb``, ``pg_ctl`` or the server's log (in English)."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return _("Il disco che contiene «{cartella}» è pieno: liberare spazio e ripetere il comando.").format(
            cartella=cluster
        )
    if "Read-only file system" in output:
        return _("Il disco che contiene «{cartella}» è di sola lettura: scegliere altrove con OMBRA_HOME.").format(
            cartella=cluster
        )
    if "shared memory" in output and "Cannot allocate memory" in output:
        return _("Memoria insufficiente per il database: chiudere altri programmi e ripetere il comando.")
    return _(
        "Il database privato non parte; i suoi dati in «{dati}» possono essere danneggiati. Ultime righe di «{log}»:\n"
        "{righe}\nPer ripartire da capo spostare altrove la cartella «{cartella}» e ripetere «./ombra up» "
        "(i dati di base si "
        "ricaricano da soli; il resto torna con «./ombra restore» da una copia)."
    ).format(dati=cluster / "data", log=cluster / "server.log", righe=_indent(output), cartella=cluster)


def no_space(cluster: Path, *, free: int, needed: int) -> str:
    """The disk of ``cluster`` has ``free`` bytes, fewer than ``needed``."""
    return _(
        "Spazio insufficiente sul disco di «{cartella}»: {liberi} MB liberi, ne servono {servono}. Liberare spazio, "
        "oppure indicare un'altra cartella con OMBRA_HOME."
    ).format(cartella=cluster, liberi=free // 2**20, servono=needed // 2**20)


def not_writable(home: Path, error: OSError) -> str:
    """The folder ``home`` of the cluster cannot be written."""
    return _(
        "Non posso scrivere in «{cartella}»: {motivo}. Dare il permesso di scrittura, lanciare ./ombra "
        "con l'utente che "
        "la possiede, oppure indicare un'altra cartella con OMBRA_HOME."
    ).format(cartella=home, motivo=error.strerror or error)


def _indent(output: str) -> str:
    lines = [line.strip() for line in output.strip().splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-12:]) or "  -"
