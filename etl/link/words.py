"""Words of the names of services and bodies that tell nothing of which one it is. Lower case, without accents."""

import re

from etl.locate.address import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Legal forms, honorifics and what joins owners: cut out of the line before it is split into words.
NOISE = re.compile(
    r"\b(?:s\.?\s?n\.?\s?c|s\.?\s?a\.?\s?s|s\.?\s?r\.?\s?l\.?\s?s?|s\.?\s?p\.?\s?a|s\.?\s?c\.?\s?s|s\.\s?s|o\.?n\.?l\.?u\.?s"
    r"|a\.?\s?p\.?\s?s|o\.?\s?d\.?\s?v|e\.?\s?t\.?\s?s|soc\.?\s?coop\.?(?:\s?soc\.?)?|a\s?r\.?\s?l)\b\.?"
    r"|\b(?:dott|dr)\.?\s?(?:ssa|sse|ri|essa|i|e)\b\.?|\b(?:dott|dottor|dottoressa|dottori|dr|sig|sigra|prof|farm)\b\.?"
    r"|\b(?:primo|secondo|i|ii)\s+grado\b|\be\s+c\b\.?|&\s*c\b\.?|&|\bf\.?\s?(?:cia|cie)\b\.?"
)
PARTICLES = _set(
    "di del della dello dei degli delle de da dal dalla dallo dai dagli dalle a al alla allo ai agli alle in nel nella "
    "nello nei negli nelle e ed il la lo le gli i un una uno l d dell all dall nell sull sul sulla su con per presso "
    "ex gia c o ad col"
)
# What a name says of its kind and not of itself; kept aside.
GENERIC = _set(
    "farmacia farmacie farmaceutica parafarmacia asilo asili nido nidi micronido infantile infanzia ani municipale "
    "comunale comunali civica civico civiche scuola scuole materna materne primaria primarie secondaria "
    "elementare media statale paritaria parificata istituto biblioteca biblioteche bibliotecario ludoteca centro "
    "centri servizio servizi sportello ufficio uffici sede sedi distaccata punto anagrafe anagrafica circoscrizione "
    "consultorio familiare casa comunita quartiere salute mentale ambulatorio dormitorio mensa ospedale impiego "
    "aziendale privata privato pubblica pubblico convenzionato sezione primavera baby parking laboratorio "
    "comune citta unione consorzio associazione cooperativa sociale societa ente fondazione azienda sanitaria "
    "locale asl"
)
ORDINALS = {
    "primo": 1, "prima": 1, "secondo": 2, "seconda": 2, "terzo": 3, "terza": 3, "quarto": 4, "quarta": 4, "quinto": 5,
    "quinta": 5, "sesto": 6, "sesta": 6, "settimo": 7, "settima": 7, "ottavo": 8, "ottava": 8, "nono": 9, "nona": 9,
    "decimo": 10, "decima": 10,
}  # fmt: skip
# At the end of a name: "Zibaldone Due".
CARDINALS = {
    "uno": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10,
}  # fmt: skip
# After the first, or before the second, an ordinal counts; "Primo Levi" and "Secondo" are names of people.
COUNTED = _set(
    "nido asilo scuola materna sede sezione sez circolo distretto gruppo nucleo lotto circoscrizione comunale plesso "
    "padiglione edificio"
)
COUNTED_AFTER = _set("circolo distretto sezione sede gruppo nucleo circoscrizione")
FLOOR = re.compile(
    r"\b(?:(?P<ground>piano\s+(?:terra|terreno)|pian\s?terreno|p\.\s?t\.)|(?P<raised>(?:piano\s+)?rialzat[oa])"
    r"|(?P<below>seminterrato|piano\s+interrato)"
    r"|piano\s+(?P<after>[a-z]+|\d{1,2})\b|(?<!\bin\s)(?P<before>primo|secondo|terzo|quarto|quinto|\d{1,2}\s?)\^?\s*piano)\b"
)
# What is said "in primo piano" is stressed, not upstairs.
# Kinds of body: two bodies of different kinds are two, whatever their names have in common.
_KINDS = {
    "citta_metropolitana": re.compile(r"\b(?:citta metropolitana|provincia di)\b"),
    "unione": re.compile(r"\bunione\b.*\bcomuni\b|\bunione montana\b|\bcomunita montana\b"),
    "consorzio": re.compile(r"\bconsorzio\b|\bc\.?i\.?s\.?s?\b|\bcisa\b|\bcissa\b"),
    "asl": re.compile(r"\basl\b|\ba\.s\.l\b|\bazienda sanitaria\b|\bazienda ospedaliera\b|\baou\b"),
    "cooperativa": re.compile(r"\bcooperativa\b|\bcoop\b"),
    "associazione": re.compile(r"\bassociazione\b|\bonlus\b|\bodv\b|\baps\b"),
    "parrocchia": re.compile(r"\bparrocchia\b"),
    "fondazione": re.compile(r"\bfondazione\b"),
    "universita": re.compile(r"\buniversita\b|\bpolitecnico\b"),
    "ordine": re.compile(r"\bcaritas\b|\bdiocesi\b|\barcidiocesi\b"),
}
_COMUNE = re.compile(r"^(?:comune|citta|municipio) (?:di |d')")


def kinds_of_body(name: str) -> frozenset[str]:
    """Kinds that the name of a body tells; several where it names several bodies.

    >>> sorted(kinds_of_body("Comune di Torino")), sorted(kinds_of_body("Unione Montana dei Comuni Valle Susa"))
    (['comune'], ['unione'])
    >>> sorted(kinds_of_body("Comune di Torino / ASL Città di Torino")), sorted(kinds_of_body("Gruppo Abele"))
    (['asl', 'comune'], [])
    """
    parts = [part.strip() for part in re.split(r"\s[/+]\s|/", fold(name))]
    return frozenset(kind for part in parts for kind in _kinds(part))


def _kinds(part: str) -> set[str]:
    found = {kind for kind, pattern in _KINDS.items() if pattern.search(part)}
    return found or ({"comune"} if _COMUNE.match(part) else set())
