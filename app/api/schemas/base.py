"""What every schema shares."""

from pydantic import BaseModel, ConfigDict


class Properties(BaseModel):
    """No property may appear that is not declared."""

    model_config = ConfigDict(extra="forbid")
