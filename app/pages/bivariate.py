"""Two measures in one colour: need and access, each in thirds, nine classes.

Need adds blue and poor access adds orange, so that their meeting is dark: the pair stays apart in all common forms of
colour blindness, and lightness falls with both (J. Stevens, Bivariate choropleth maps, 2015; a test measures the
distances). As on the other maps blue is reached, orange is not, and hatching is not known.
"""

from dataclasses import dataclass
from typing import Final

from app.i18n import marked
from app.pages.palette import STATUS

# By third of access (the best first), then by third of need (the least first).
COLOURS: Final = (
    ("#f4f4f4", "#a9cfe8", "#2f86c8"),
    ("#f8cf8e", "#b9a78f", "#4a6a80"),
    ("#e08214", "#9c4f10", "#3a2417"),
)
NAMES: Final = (
    (
        marked("accesso migliore, valore basso"),
        marked("accesso migliore, valore medio"),
        marked("accesso migliore, valore alto"),
    ),
    (
        marked("accesso intermedio, valore basso"),
        marked("accesso intermedio, valore medio"),
        marked("accesso intermedio, valore alto"),
    ),
    (
        marked("accesso peggiore, valore basso"),
        marked("accesso peggiore, valore medio"),
        marked("accesso peggiore, valore alto"),
    ),
)


@dataclass(frozen=True)
class Look:
    """A class of the map: thirds of access and need, 1 to 3, 3 the worst access and the most need; its paint.

    ``rank`` orders classes: poor access and much need first, what is not known last.
    """

    access: int | None
    need: int | None
    name: str
    fill: str
    rank: int

    @property
    def key(self) -> str:
        """The class in one word."""
        return "senza" if self.access is None else f"a{self.access}b{self.need}"


LOOKS: Final = tuple(
    Look(access + 1, need + 1, NAMES[access][need], COLOURS[access][need], 10 - (3 * access + need))
    for access in range(3)
    for need in range(3)
)
UNKNOWN: Final = Look(None, None, marked("senza dati"), STATUS["senza_dati"].fill, 11)
_BY_THIRDS: Final = {(look.access, look.need): look for look in LOOKS}


def look_of(access: int | None, need: int | None) -> Look:
    """The class of an area; :data:`UNKNOWN` where one of the two is not known."""
    return _BY_THIRDS.get((access, need), UNKNOWN)
