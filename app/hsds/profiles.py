"""The profile of HSDS that is served: the published schemas as they are, and what a reader must know beside them."""

from typing import Any

from etl.i18n import _

VERSION = "3.1"


def profile(address: str) -> dict[str, Any]:
    """The profile under its address.

    ``patch`` is the JSON merge patch (RFC 7396) that turns the schemas of HSDS into ours, empty because nothing
    is changed (https://docs.openreferral.org/en/3.1/hsds/profiles.html); ``notes`` are in the language of the reader.
    """
    return {
        "@id": address,
        "name": "ombra",
        "title": _("Profilo HSDS di Ombra"),
        "hsds_version": VERSION,
        "country": "IT",
        "language": "it",
        "patch": {},
        "additions": _additions(),
        "notes": _notes(),
    }


def _additions() -> dict[str, str]:
    return {
        "after": _("Parametro di ogni elenco: gli elementi dopo un identificativo. Il collegamento «next» lo usa."),
        "latitude, longitude": _("Parametri di service_at_locations, insieme a proximity: il punto da cui si misura."),
        "locations": _("Elenco dei luoghi pubblici, che lo standard non chiede."),
        "services.metadata": _("Le righe con last_action_type «update» dicono anche la fonte di ogni valore."),
    }


def _notes() -> list[str]:
    return [
        _("Di un luogo protetto non si danno location, indirizzo, orari, descrizioni: solo il servizio e i recapiti."),
        _("latitude e longitude mancano dove del luogo si conosce solo il comune."),
        _("postal_code è un testo vuoto dove nessuna fonte lo dice: lo standard lo chiede, e non si inventa."),
        _("address_1 è un testo vuoto dove del luogo si conosce solo il comune, che sta in city."),
        _("proximity con postcode misura dal centro degli indirizzi noti con quel CAP."),
        _("capacities mancano dove non si sa quanti posti sono liberi, perché lo standard chiede quel numero."),
        _("Per numero di pagina si arriva a 10.000 elementi; oltre si segue il collegamento «next»."),
        _("minimal dà id, name, status e last_modified, che lo schema del servizio chiede."),
        _("metadata c'è nell'elemento services/{id} e nel pacchetto di dati, non negli elenchi."),
        _("Mancano program e funding: nessuna fonte li dice."),
    ]
