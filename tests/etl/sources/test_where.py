"""Which municipality a point lies in."""

import math

from etl.sources.where import finder


def test_points_lie_in_their_municipalities_and_elsewhere_in_none():
    found = finder().at([7.6862, 7.0535, 9.19, 7.6862, math.nan], [45.0704, 45.1366, 45.464, -45.0704, 45.0])
    assert found == ["001272", "001270", None, None, None]
    assert finder().names["001270"] == "Susa"
    assert finder().at([], []) == []


def test_a_point_inside_each_municipality_is_found_in_it():
    points = {
        code: shape.representative_point() for code, shape in zip(finder()._codes, finder()._polygons, strict=True)
    }
    found = finder().at([point.x for point in points.values()], [point.y for point in points.values()])
    assert found == list(points)
    assert len(found) == 312


def test_a_point_on_a_border_has_the_lower_code():
    """Vertices that two polygons share belong to both; the answer does not depend on the order of the polygons."""
    codes, polygons = finder()._codes, finder()._polygons
    torino = polygons[codes.index("001272")]
    on_border = [point for part in torino.geoms for point in part.exterior.coords[:200]]
    found = finder().at([x for x, _y in on_border], [y for _x, y in on_border])
    assert None not in found
    assert {"001272"} < set(found) <= {code for code in codes if code <= "001272"}
