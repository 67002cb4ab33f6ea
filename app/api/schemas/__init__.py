"""What the properties of each feature are, for the documentation and for the tests that hold answers against it."""

from app.api.schemas.areas import AreaProperties
from app.api.schemas.changes import ServiceChange, ServiceChanges
from app.api.schemas.coverage import (
    ChangeProperties,
    ComplianceProperties,
    CoverageProperties,
    GapProperties,
    OverlapProperties,
    PointProperties,
)
from app.api.schemas.equity import Equity, EquityAreaProperties, EquityGroup, NeedIndicator, NeedProperties
from app.api.schemas.forecast import ForecastProperties
from app.api.schemas.kpi import Kpi
from app.api.schemas.nearby import NearbyProperties, PlaceProperties
from app.api.schemas.runs import Run, RunDetail
from app.api.schemas.scenarios import (
    Scenario,
    ScenarioAreaProperties,
    ScenarioDetail,
    ScenarioPointProperties,
    ScenarioRuleProperties,
    ScenarioStatusProperties,
)
from app.api.schemas.services import FieldOrigins, ServiceMetadata, ServiceProperties, ToldValue
from app.api.schemas.siting import SitingProperties
from app.api.schemas.sources import CompletenessEstimate, IssueExample, IssueKind, PastRun, Source, SourceDetail
from app.api.schemas.vocabulary import ServiceType, Standard

__all__ = [
    "AreaProperties",
    "ChangeProperties",
    "CompletenessEstimate",
    "ComplianceProperties",
    "CoverageProperties",
    "Equity",
    "EquityAreaProperties",
    "EquityGroup",
    "FieldOrigins",
    "ForecastProperties",
    "GapProperties",
    "IssueExample",
    "IssueKind",
    "Kpi",
    "NearbyProperties",
    "NeedIndicator",
    "NeedProperties",
    "OverlapProperties",
    "PastRun",
    "PlaceProperties",
    "PointProperties",
    "Run",
    "RunDetail",
    "Scenario",
    "ScenarioAreaProperties",
    "ScenarioDetail",
    "ScenarioPointProperties",
    "ScenarioRuleProperties",
    "ScenarioStatusProperties",
    "ServiceChange",
    "ServiceChanges",
    "ServiceMetadata",
    "ServiceProperties",
    "ServiceType",
    "SitingProperties",
    "Source",
    "SourceDetail",
    "Standard",
    "ToldValue",
]
