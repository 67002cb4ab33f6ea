"""The parts of the quality score: what each measures, by which formula, and what is compared with what. Pure.

The score of data·inclusion (``score_qualite`` of its public schema) is the model: the mean of the criteria that apply,
each from 0 to 1. It measures whether a form is filled in. Two of the five parts here measure whether what is written
there holds: agreement and precision.

``completeness``
    Mean of what applies. Services: share filled of body, address, opening hours and web page; an address is asked
    only of services that people go to, address and hours only where the place is public. Bodies: share filled of tax
    code, legal form or number in a register, municipality. Figures, residents and travel times: municipalities told
    out of all. Where a list calls itself complete and a total is published elsewhere: listed out of that total, at
    most 1.
``freshness``
    Of the age of the edition, or of the median evidence of the rows where a source has no files. 1 up to the time in
    which the publisher renews it, then down in a straight line to 0 at four times that: the proportion of
    data·inclusion (six months, two years), whose half year also stands in where no time is declared. 0 where
    nothing is dated: nobody can say that it is fresh.
``agreement``
    Share of the accepted rows of which nothing else says otherwise: no position outside its municipality, far from
    its own address or given to many others; no code, name or number that a register denies (:data:`DISAGREEMENTS`).
``precision``
    Mean over the places that may be told: 1 at the address, 1/2 on the street, 0 where only the municipality is
    known. Left out for bodies of which the source gives no address at all.
``contactability``
    Mean over services or bodies: 1 with a telephone number or an e-mail address, 1/2 with a web page only.
"""

import re
from collections.abc import Mapping
from datetime import date

PARTS = ("completeness", "freshness", "agreement", "precision", "contactability")
USUAL_REFRESH_DAYS = 182
STALE_AFTER = 4  # times the refresh: 2 years out of 6 months
PRECISION_WEIGHTS: Mapping[str, float] = {"address": 1.0, "street": 0.5, "municipality": 0.0}
WEB_ONLY = 0.5
FEWEST = 2  # parts without which there is no score

# Kinds of issue that say that something else contradicts the row; a test holds each against the code that tells it.
DISAGREEMENTS = frozenset(
    {
        *("fuori_comune", "lontano_da_indirizzo", "punto_di_ripiego", "punto_della_via", "punti_discordi"),
        *("centro_del_comune", "coordinate_tonde", "coordinate_errate", "coordinate_scambiate", "chiave_ripetuta"),
        *("comune_discorde", "civici_discordi", "cap_di_altro_comune", "cap_fuori_provincia"),
        "codice_fiscale_errato",
    }
)
_LABEL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def told_date(label: str | None) -> date | None:
    """The first day that the label of an edition stands for; None where it tells no date.

    The first, because nobody can say that data of a year or of a month hold until its end.

    >>> told_date("2018"), told_date("2023-09"), told_date("2023-09-01"), told_date("")
    (datetime.date(2018, 1, 1), datetime.date(2023, 9, 1), datetime.date(2023, 9, 1), None)
    """
    found = _LABEL.match(label or "")
    if found is None:
        return None
    year, month, day = (None if part is None else int(part) for part in found.groups())
    try:
        return date(year or 1, month or 1, day or 1)
    except ValueError:
        return None


def age_days(told: date | None, today: date) -> int | None:
    """Days since a date, none below zero; None where there is no date."""
    return None if told is None else max(0, (today - told).days)


def freshness(age: float | None, refresh_days: float | None) -> float:
    """The part for an age in days, None where nothing tells it.

    >>> [freshness(age, 365) for age in (0, 365, 1095, 1460, 5000)]
    [1.0, 1.0, 0.33333333333333337, 0.0, 0.0]
    >>> freshness(None, 365)
    0.0
    """
    if age is None:
        return 0.0
    refresh = refresh_days or USUAL_REFRESH_DAYS
    beyond = (age - refresh) / (refresh * (STALE_AFTER - 1))
    return min(1.0, max(0.0, 1.0 - beyond))


def score(parts: Mapping[str, float | None]) -> float | None:
    """100 times the mean of the parts that apply; None where fewer than two do, which is no judgement.

    >>> score({"completeness": 0.5, "freshness": 1.0, "precision": None})
    75.0
    """
    told = [value for value in parts.values() if value is not None]
    return 100 * sum(told) / len(told) if len(told) >= FEWEST else None
