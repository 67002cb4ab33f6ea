"""Residents of the years to come by the method of Hamilton and Perry, from two counts a year apart."""

from geo.forecast.ages import Ages
from geo.forecast.check import Check, leave_areas_out, leave_zones_out
from geo.forecast.people import SEXES, People
from geo.forecast.projection import ASSUMPTIONS, FARTHEST, project
from geo.forecast.ratios import Ratios, fit
from geo.forecast.transition import Transition, transition

__all__ = [
    "ASSUMPTIONS",
    "FARTHEST",
    "SEXES",
    "Ages",
    "Check",
    "People",
    "Ratios",
    "Transition",
    "fit",
    "leave_areas_out",
    "leave_zones_out",
    "project",
    "transition",
]
