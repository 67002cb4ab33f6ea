"""Words that steps of cleaning know: particles, acronyms, saints, endings of names of sites."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _set(
    """
    a ad ai al alla alle allo agli col con d da dai dal dalla dalle dallo dagli dei degli del della delle dello di e
    ed ex i il in la le lo gli nei nel nella nelle per presso su sul sulla sulle sui tra fra c/o of and the
    """
)
ELIDED = _set(
    """
    d l dell all nell sull dall un quell coll
    """
)
# Short for themselves: bodies, offices and legal forms in names of social services of Piemonte.
ACRONYMS = _set(
    """
    ACLI ADI ADMO AFC AIDO AIDS AISM AMA ANFFAS ANMIC ANPAS ANPI ANTEAS AOU AOUP APS ARCI ARPA ASD ASL ASLTO ASO ASP
    ATC ATS AUSER AVIS AVO AVULSS CAAF CAF CAI CAM CAS CAV CEE CFP CGIL CIDIS CIOFS CISA CISAP CISL CISS CISSA
    CISSP CLN CNR CONISA COOP CPIA CRI CSEN CSI CSM CTO CUAV DSM ENAIP ENS ETS FIDAS FIAT FISM FNP GAP GVV IC ICS
    IIS INAF INAIL INPS INRIM IPAB ISTAT IZS LILT NPI ODV ONLUS ONU OSS OIL PEC RAF RSA RSD RUNTS SAA SAAD SAL SAS
    SERD SERT SFEP SERMIG SISS SMAT SNC SOMS SPA SPI SPRAR SRL SRLS SCS SCARL SCRL TIM UCIIM UEPE UICI UIL UILDM
    UILP UNESCO UNITRE UTE UNI3 USL UVA UVG UVM VVF WWF YMCA FMA TO IT INA SIP RIV SKF RAI SAI FF SS SSN
    """
)
# Ends of abbreviated titles: dott.ssa, dott.ri, f.lli.
SUFFIXES = _set(
    """
    ssa sse ri re i so za zza le ne na to ti cia cie lli
    """
)
# Words of two and three letters that are words; others in a name in capitals may be acronyms.
SHORT_WORDS = _set(
    """
    de don san pia pio rio val mar oro bel re po uno una due tre sei rua zoo san sud est dei non noi voi mio mia sé re
    via art ape leo eva ada ida ugo ivo lea zia zio amo blu sol dio dea età più qui
    """
)
# What stands beside house numbers.
NUMBER_WORDS = _set(
    """
    n n. nr nr. n.ro num num. int int. interno bis ter quater snc s.n. s.n.c. sn sc sc. scala
    """
)
STREET_KINDS = _set(
    """
    via viale vicolo corso piazza piazzale piazzetta largo strada borgata borgo frazione regione località galleria
    lungo salita cascina contrada circonvallazione lungodora lungopo parco rondò
    """
)
# Saints by what stands before their name.
SAN = _set(
    """
    bartolomeo basilio benedetto benigno bernardino bernardo biagio bruno camillo candido carlo casimiro cassiano
    colombano cristoforo dalmazzo damiano daniele defendente desiderio didero domenico donato fabiano fedele felice
    ferdinando fermo filippo firmino francesco gabriele gaetano gallo gaudenzio genesio germano giacomo gillio
    giobbe giorgio giorio giovanni girolamo giuliano giulio giuseppe giusto gottardo grato gregorio grisante lazzaro
    leonardo leone lorenzo luca lucio luigi marcellino marcello marco marino martino massimo matteo maurizio mauro
    michele nazario nicola nicolao nicolò pancrazio paolo patrizio pietro pio ponso quintino raffaele remigio
    roberto rocco salvario salvatore sebastiano secondo sergio silvestro siro sisto tommaso tomaso valentino
    valeriano verano vincenzo vito vittore zeno giocondo dazio
    """
)
SANT = _set(
    """
    agata agnese agostino alessio alfonso ambrogio andrea anna anselmo antonino antonio apollinare eligio elena
    emilio eraldo eufemia eusebio egidio ignazio isidoro ilario orsola ottavio oronzo urbano ugo ubaldo
    """
)
SANTA = _set(
    """
    barbara bernadette brigida caterina cecilia chiara clotilde croce cristina dorotea francesca gemma giulia
    giustina lucia luisa margherita maria marta matilde monica petronilla prisca rita rosa rosalia silvia teresa
    teresina tecla veronica zita elisabetta
    """
)
# Endings of names of sites that occur in Italy, besides those of two letters.
SITE_ENDINGS = _set(
    """
    com org net edu gov info biz name museum coop pro mobi int aero cat jobs tel travel academy agency app art band
    bio blog camp care casa center church city clinic club community company dental dev digital doctor education
    email events family farm film fitness foundation fun fyi gallery garden global green group guide health help
    holiday hospital hotel house institute international kids kitchen land law life link live love media news ngo
    one ong online page photo place plus press radio rentals restaurant run school services shop site social
    solutions space sport store studio support systems team tech today tools tours town training university vet
    video wiki work works world xyz zone cloud digital immo srl spa
    """
)
