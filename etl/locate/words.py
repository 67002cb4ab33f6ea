"""The words of Italian addresses, in lower case without accents: kinds of street, titles, numbers, particles."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Kind of street by spelling. Inhabited places (frazione, borgata, regione …) are one kind: sources mix them.
PLACE = "localita"
_SPELLINGS = {
    "via": "via v via.privata",
    "corso": "corso c.so c.o cso c",
    "piazza": "piazza p.za p.zza pza pzza pz.za pz piaz p",
    "piazzale": "piazzale p.le ple pzle p.zale p.zzale",
    "piazzetta": "piazzetta p.tta p.zetta p.zzetta ptta",
    "viale": "viale v.le vle",
    "vicolo": "vicolo v.lo vlo vic",
    "largo": "largo l.go lgo",
    "strada": (
        "strada str str.da s.da sda strada.comunale strada.vicinale strada.provinciale strada.statale "
        "strada.regionale str.com str.prov str.vic"
    ),
    "galleria": "galleria gall gal",
    "lungo": "lungo",
    "contrada": "contrada c.da",
    "salita": "salita sal",
    "discesa": "discesa",
    "rondo": "rondo",
    "giardino": "giardino giardini giard",
    "interno": "interno",
    "passaggio": "passaggio",
    "traversa": "traversa",
    "sentiero": "sentiero",
    "viottolo": "viottolo",
    "parco": "parco",
    "cascina": "cascina c.na cna casc",
    PLACE: (
        "localita loc frazione fraz fr borgata b.ta bta borg borgo regione reg rione villaggio vill nucleo zona "
        "quartiere case"
    ),
}
KINDS = frozenset(_SPELLINGS)
KIND_BY_SPELLING = {spelling: kind for kind, spellings in _SPELLINGS.items() for spelling in spellings.split()}
# Squares are round and small: their length does not grow with the numbers.
SQUARES = frozenset({"piazza", "piazzale", "piazzetta", "largo", "rondo", "galleria", "giardino"})

PARTICLES = _set(
    "di del della dello dei degli delle de da dal dalla dallo dai dagli dalle a al alla allo ai agli alle in nel nella "
    "e ed il la lo le gli l d dell all dall nell sull sul sulla su"
)
ELIDED = "d|l|dell|all|dall|nell|sull|degl|quell"

TITLES = {
    spelling: title
    for title, spellings in {
        "avvocato": "avv avvocato",
        "beato": "beato beata b.to",
        "caduti": "caduti cad",
        "capitano": "cap capitano",
        "cardinale": "card cardinale",
        "cavaliere": "cav cavaliere",
        "colonnello": "col colonnello",
        "commendatore": "comm commendatore",
        "conte": "conte c.te",
        "dottore": "dott dr dottor dottore",
        "fratelli": "fratelli flli",
        "generale": "gen generale",
        "geometra": "geom geometra",
        "ingegnere": "ing ingegner ingegnere",
        "maestro": "maestro maestra",
        "maresciallo": "mar maresciallo",
        "martiri": "mart martiri",
        "monsignore": "mons monsignor monsignore",
        "onorevole": "on onorevole",
        "padre": "padre",
        "professore": "prof professor professore",
        "senatore": "sen senatore",
        "tenente": "ten tenente",
        "san": "san santo santa santi sant ss",
    }.items()
    for spelling in spellings.split()
}
# Words that tell one street from another: a name with one of them is never the same as the name without.
TELLING = _set(
    "san nuovo nuova vecchio vecchia antico antica superiore inferiore alto alta basso bassa interno monte monti val "
    "valle colle ponte madonna dora po stura nord sud est ovest primo secondo anita"
)

MONTHS = _set("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre")
# Words after which figures belong to the name: a road's number, a kilometre.
NUMBERED = _set("statale provinciale regionale ss sp sr km chilometro autostrada divisione brigata")
# "Umberto Primo" is Umberto I, but "Levi Primo" is a man with his surname before.
SOVEREIGNS = _set("umberto emanuele amedeo alberto felice giovanni paolo pio carlo xxiii filiberto")
ORDINALS = {
    "primo": 1, "prima": 1, "secondo": 2, "terzo": 3, "quarto": 4, "quinto": 5, "sesto": 6, "settimo": 7, "nono": 9,
    "decimo": 10, "undicesimo": 11, "dodicesimo": 12, "ventitreesimo": 23,
}  # fmt: skip
CARDINALS = {
    "uno": 1, "primo": 1, "due": 2, "quattro": 4, "cinque": 5, "otto": 8, "dieci": 10, "undici": 11, "venti": 20,
    "ventuno": 21, "ventidue": 22, "ventiquattro": 24, "venticinque": 25, "ventotto": 28, "ventinove": 29, "trenta": 30,
}  # fmt: skip
