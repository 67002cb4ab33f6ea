"""A proposed mapping as the YAML text that an officer reads, corrects and keeps."""

from collections.abc import Mapping, Sequence

import yaml

from etl.i18n import _

WIDTH = 110


def written(told: Mapping[str, object], *, comments: Mapping[str, str], head: Sequence[str]) -> str:
    """YAML with a comment above each key that has one.

    Parameters
    ----------
    told
        Keys and values of the mapping, in the order to be written.
    comments
        By key of ``told``.
    head
        Lines on top of the file.
    """
    lines = [*_comment(head), ""]
    for key, value in told.items():
        if key in comments:
            lines += _comment([comments[key]])
        text = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=False)
        lines += text.rstrip("\n").split("\n")
    return "\n".join(lines) + "\n"


def _comment(texts: Sequence[str]) -> list[str]:
    return [f"# {line}" for text in texts for line in text.split("\n")]


def explained() -> dict[str, str]:
    """What an officer should know of each key."""
    return {
        "id": _("Nome breve e stabile della fonte: minuscole, cifre e trattini. Non cambiarlo più."),
        "title": _("Da completare: come si chiama l'elenco, chi lo pubblica, con quale licenza, a quale indirizzo."),
        "kind": _(
            "services: servizi; organizations: enti; indicators: cifre per comune; areas: aree; addresses: civici."
        ),
        "files": _("Quali nomi di file sono di questa fonte (* vale per qualunque testo)."),
        "edition": _("Di quando sono i dati: «date: 2024-06-30» oppure «pattern» con (?P<year>…) sul nome del file."),
        "key": _("Colonne che distinguono una riga per sempre. Senza, una riga corretta diventa un servizio nuovo."),
        "fields": _("Campo di Ombra: colonna del file. «constant» è un testo uguale per tutte le righe."),
        "ignored": _("Colonne che non si leggono mai, con il motivo."),
        "figures": _("Cifre: «sum» si somma fra comuni fusi; una media vuole «aggregate: mean» e «weight»."),
        "decimal": _("Il segno dei decimali nelle cifre: l'altro segno separa le migliaia."),
        "positions": _("rilevate: punti sicuri; dichiarate: plausibili; scarse: spesso sbagliati."),
        "crs": _("Sistema di riferimento delle coordinate x, y e wkt."),
    }
