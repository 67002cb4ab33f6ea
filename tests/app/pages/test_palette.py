"""The looks of the statuses stay apart for every reader."""

import itertools

import numpy as np
import pytest

from app.pages import palette
from geo.statuses import STATUSES

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "typical": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb.clip(0, 1)
    scaled = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * scaled[1] - 16, 500 * (scaled[0] - scaled[1]), 200 * (scaled[1] - scaled[2])])


def test_every_status_of_the_measures_has_a_look() -> None:
    assert set(palette.STATUS) == set(STATUSES)


@pytest.mark.parametrize("sight", SIGHT)
def test_plain_fills_stay_apart_for_every_sight(sight: str) -> None:
    plain = [look.ground for look in palette.STATUSES if not look.drawing]
    seen = [lab(SIGHT[sight] @ linear(colour)) for colour in plain]
    # A difference of 10 in CIE76 is seen at a glance between areas that touch.
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 20


@pytest.mark.parametrize("sight", SIGHT)
def test_the_steps_of_persons_darken_for_every_sight(sight: str) -> None:
    colours = [palette.NONE_COLOUR, *(step.colour for step in palette.shadow_steps("municipality"))]
    lightness = [lab(SIGHT[sight] @ linear(colour))[0] for colour in colours]
    assert all(before - after > 6 for before, after in itertools.pairwise(lightness))


def test_what_is_not_known_is_hatched_and_never_plain() -> None:
    assert all(palette.STATUS[code].drawing for code in ("senza_dati", "incerta"))
    assert not palette.STATUS["scoperta"].drawing
    drawings = [look.drawing for look in palette.STATUSES if look.drawing]
    assert len(set(drawings)) == len(drawings)


def test_every_drawing_has_its_pattern() -> None:
    definitions = palette.pattern_definitions()
    for look in palette.STATUSES:
        assert (f'id="trama-{look.code}"' in definitions) == bool(look.drawing)


@pytest.mark.parametrize("level", ["municipality", "zona_omogenea"])
def test_steps_leave_no_hole(level: str) -> None:
    steps = palette.shadow_steps(level)
    assert steps[0].lower == 0
    assert steps[-1].upper is None
    assert all(before.upper == after.lower for before, after in itertools.pairwise(steps))


def test_persons_fall_into_their_step() -> None:
    steps = palette.shadow_steps("municipality")
    assert palette.shadow_fill(None, steps) == palette.STATUS["senza_dati"].fill
    assert palette.shadow_fill(0.3, steps) == palette.NONE_COLOUR
    assert palette.shadow_fill(500, steps) == steps[0].colour
    assert palette.shadow_fill(501, steps) == steps[1].colour
    assert palette.shadow_fill(1e9, steps) == steps[-1].colour


def test_a_place_without_people_has_a_look_too() -> None:
    assert palette.look_of(None) is palette.NOBODY
    assert palette.look_of("scoperta").code == "scoperta"
