"""The rules of the golden record in words: why a value is published, and why another is not."""

from etl.i18n import _

RULES = (
    *("a_mano", "unica", "concordi", "fiducia", "data", "precisione", "rilievo"),
    *("specifico", "prova", "prudenza", "non_elencata", "ordine", "sede"),
)
"""Every rule that :func:`etl.link.golden.survive` and :func:`etl.publication.places.agree` may tell."""


def in_words(rule: str, *, survives: bool) -> str:
    """A rule as a person reads it, of a value that is published or of one that is not; an unknown one as it is."""
    return (_won() if survives else _lost()).get(rule, rule)


def _won() -> dict[str, str]:
    return {
        "a_mano": _("messo a mano in Ombra: vale finché il suo autore non lo toglie"),
        "unica": _("è l'unica fonte che lo dice"),
        "concordi": _("le fonti che lo dicono concordano"),
        "fiducia": _("la fonte è più affidabile per questo dato"),
        "data": _("è il dato più recente"),
        "precisione": _("la posizione è più precisa"),
        "rilievo": _("il punto è stato rilevato da chi pubblica la fonte"),
        "specifico": _("il tipo è più specifico"),
        "prova": _("prova che il servizio è attivo; le altre fonti lo elencano soltanto"),
        "prudenza": _("a parità di fonte e data vale il dato più prudente"),
        "non_elencata": _("nessuna fonte elenca più il servizio: vale l'ultimo dato noto"),
        "ordine": _("a parità di fonte e data vale la prima voce in ordine di chiave"),
        "sede": _("lo dice un altro servizio della stessa sede, che la conosce meglio"),
    }


def _lost() -> dict[str, str]:
    return {
        "a_mano": _("sostituito da un valore messo a mano in Ombra"),
        "concordi": _("dice lo stesso, scritto in un altro modo"),
        "fiducia": _("la fonte è meno affidabile per questo dato"),
        "data": _("è un dato meno recente"),
        "precisione": _("la posizione è meno precisa"),
        "rilievo": _("il punto non è stato rilevato da chi pubblica la fonte"),
        "specifico": _("il tipo è più generico"),
        "prova": _("elenca il servizio senza provare che è attivo"),
        "prudenza": _("a parità di fonte e data vale il dato più prudente"),
        "non_elencata": _("la fonte non elenca più il servizio"),
        "ordine": _("a parità di fonte e data vale la prima voce in ordine di chiave"),
        "sede": _("della stessa sede vale quello che dice un altro servizio"),
    }
