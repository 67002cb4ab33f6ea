"""The codes of the access status and of its reasons. Their Italian names belong to the pages."""

from collections.abc import Mapping

STATUSES = ("senza_dati", "incerta", "scoperta", "carente", "ridondante", "adeguata", "presente")
"""Codes of the status in the order in which they are tried: the first that applies is given."""

REASONS: Mapping[str, str] = {
    "elenco_incompleto": "senza_dati",
    "punto_non_collocato": "senza_dati",
    "solo_offerta_incerta": "incerta",
    "capacita_dipende_da_offerta_incerta": "incerta",
    "intervallo_oltre_soglia": "incerta",
    "nessun_servizio_entro_soglia": "scoperta",
    "capacita_sotto_minimo": "carente",
    "offerta_abbondante": "ridondante",
    "capacita_sufficiente": "adeguata",
    "presenza_elenco_incompleto": "presente",
    "presenza_senza_regola": "presente",
    "capacita_ignota": "presente",
    "domanda_in_territorio_incompleto": "presente",
    "nessuna_domanda": "presente",
}
"""Every reason code, with the status that it explains; the first clause that holds is given."""

SHADOWS = tuple(f"shadow_{supply}{at}" for supply in ("confirmed", "all") for at in ("", "_minus", "_plus"))
