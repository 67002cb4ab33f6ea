"""Where services should open: candidate places, the people who have no service, proposals that are kept."""

from etl.derive.siting.asked import Asked
from etl.derive.siting.propose import Proposal, propose

__all__ = ["Asked", "Proposal", "propose"]
