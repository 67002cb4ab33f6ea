"""Siting: where services should open, out of candidate places, beside those that are there already.

Three towns in a row and three places to open something, with the minutes between them:

>>> import pandas as pd
>>> from geo.travel.table import TravelTable
>>> pairs = [("x", "a", 0), ("x", "b", 10), ("y", "a", 10), ("y", "b", 0), ("y", "c", 20), ("z", "b", 20)]
>>> pairs += [("z", "c", 0)]
>>> towns, places = pd.Index(["x", "y", "z"]), pd.Index(["a", "b", "c"])
>>> origin, place, minutes = zip(*pairs)
>>> travel = TravelTable.from_pairs(
...     towns, places, origin=towns.get_indexer(origin), service=places.get_indexer(place),
...     minutes=pd.Series(minutes, dtype=float).to_numpy(), cutoff=30, engine="official", estimated=False)
>>> people = pd.Series({"x": 50.0, "y": 40.0, "z": 30.0})

The fewest that bring everybody within 15 minutes; the one that brings most people; the one that spares most minutes:

>>> lscp(travel, people, threshold=15).sites["gained"].to_dict()
{'a': 90.0, 'c': 30.0}
>>> found = mclp(travel, people, threshold=15, k=1)
>>> found.chosen.tolist(), found.gained, found.left, found.exact
(['a'], 90.0, 30.0, True)
>>> p_median(travel, people, threshold=15, k=1).objective
1100.0
>>> p_center(travel, people, threshold=15, k=2).objective
10.0

With a service in town z already, and room for 60 persons:

>>> already, room = pd.Series({"z": 0.0}).reindex(towns), pd.Series(60.0, index=places)
>>> found = mclp(travel, people, threshold=15, k=1, existing=already, capacity=room)
>>> found.served, found.gained, found.left
(30.0, 60.0, 30.0)
"""

from geo.siting.gains import gains, replacements
from geo.siting.instance import Limits
from geo.siting.models import lscp, mclp, p_center, p_median
from geo.siting.result import Siting

__all__ = ["Limits", "Siting", "gains", "lscp", "mclp", "p_center", "p_median", "replacements"]
