"""Italian words of which names, streets and bodies are made. None of what is made of them exists."""


def _split(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


_ROOTS = _split(
    "Ross Ferr Bianch Roman Colomb Ricc Marin Grec Brun Gall Cont Manc Cost Giordan Rizz Lombard Morett Barbier Fontan"
    " Santor Marian Rinald Caruso Ferrar Galeott Martinell Leon Long Gentil Martin Vital Lomb Serr Parisi Sant Coppol"
    " Pellegrin Palumb Sann Fabbr Bassan Marchett Valent Messin Orland Cattane Rugger Bened Sartor Piras Silvestr"
    " Grass Negr Monter Battagl Farin Guid Negron Donat Zanett Bernard Ross Carbon Neri Caval Castell Bertolin Borgn"
    " Peiran Gariglian Viglian Bruner Chiapper Actis Tron Pautass Berter Giachin Rolfo Gill Perott Gall Trabucc Vaud"
)
_ENDINGS = _split("i o a etti ini oni ucci elli ato ero aldo is otto asso ino ari ese acci era ani")
SURNAMES = tuple(sorted({root + ending for root in _ROOTS for ending in _ENDINGS}))
GIVEN = _split(
    "Giuseppe Maria Giovanni Anna Antonio Rosa Mario Angela Luigi Giovanna Francesco Teresa Angelo Lucia Vincenzo"
    " Carmela Pietro Caterina Salvatore Francesca Carlo Antonietta Franco Carla Domenico Elena Bruno Concetta Paolo"
    " Rita Michele Margherita Giorgio Franca Aldo Paola Sergio Giuseppina Luciano Laura Guido Alessandra Enrico"
    " Silvia Camillo Ada Ettore Emma Amedeo Irene Cesare Sofia Emanuele Grazia Umberto Elsa"
)
SAINTS = _split(
    "San Giovanni|San Paolo|San Carlo|Santa Rita|San Salvario|Sant'Anna|San Donato|Santa Lucia|San Rocco"
    "|San Secondo|Sant'Antonio|San Pietro|Santa Maria|San Giuseppe|San Luca|San Marco|Santa Chiara|Sant'Agostino"
    "|San Vito",
    "|",
)
THINGS = _split(
    "Girasole Aquilone Arcobaleno Coccinella Pulcino Scoiattolo Girotondo Folletto Melograno Castoro Cerbiatto"
    " Delfino Quadrifoglio Trenino Bosco Nuvola Giardino Pinocchio Ranocchio Elefantino Farfalla Primavera Stella"
    " Luna Papavero Grillo Pesciolino Maggiolino Cappuccetto Gabbiano Tartaruga Orsetto Formica Leprotto Riccio"
    " Mongolfiera Trottola Margherita Ciliegio Glicine Rondine Pettirosso Marmotta Stambecco Larice Ginepro"
)
OPENERS = ("Il", "La casa del", "Il mondo del", "L'isola del", "Il giardino del", "")
NOTABLES = _split(
    "Garibaldi|Verdi|Mazzini|Cavour|Dante Alighieri|Alessandro Volta|Galileo Galilei|Leonardo da Vinci|Marconi"
    "|Manzoni|Leopardi|Carducci|Pascoli|Gramsci|Matteotti|Roma|Torino|Milano|Trento|Trieste|Gorizia|Piave|Po|Monviso"
    "|XX Settembre|IV Novembre|XXV Aprile|Primo Maggio|della Repubblica|della Libertà|dei Mille|Nazionale|Vecchia"
    "|delle Scuole|della Stazione|del Mercato|Superga|Genova|Nizza|Lanzo|Susa|Vercelli|Novara|Francia|Casale",
    "|",
)
TOPONYMS = ("Via", "Corso", "Piazza", "Viale", "Strada", "Largo", "Vicolo")
TOPONYM_SHARES = (0.66, 0.14, 0.08, 0.05, 0.04, 0.02, 0.01)
BODIES = ("Cooperativa sociale", "Associazione", "Fondazione", "Comune di", "Opera pia")
