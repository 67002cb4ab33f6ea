"""The JSON Schemas that Open Referral publishes for HSDS 3.1."""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "hsds-3.1" / "schema"
KINDS = ("service", "organization", "location", "service_at_location", "taxonomy", "taxonomy_term")

FORMATS = FormatChecker()


# Those that the library checks only with others installed.
@FORMATS.checks("date-time", raises=ValueError)
def is_moment(told: object) -> bool:
    return not isinstance(told, str) or datetime.fromisoformat(told).tzinfo is not None


@FORMATS.checks("uri", raises=ValueError)
def is_address(told: object) -> bool:
    return not isinstance(told, str) or bool(urlsplit(told).scheme and " " not in told)


@pytest.fixture(scope="module")
def schemas() -> dict[str, Draft202012Validator]:
    if not SCHEMAS.is_dir():
        pytest.skip("gli schemi di HSDS 3.1 non sono accanto al progetto (shared/data/hsds-3.1/schema)")
    files = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in SCHEMAS.glob("*.json")}
    registry: Registry = Registry().with_resources(
        (name, DRAFT202012.create_resource(told)) for name, told in files.items()
    )
    return {
        kind: Draft202012Validator(files[f"{kind}.json"], registry=registry, format_checker=FORMATS) for kind in KINDS
    }
