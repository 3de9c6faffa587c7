"""Everything that `lms audit verify` holds against the trail, package by package."""

from lms.audit.facts import FactSource
from lms.credentials.facts.credentials import CredentialFacts
from lms.credentials.facts.keys import KeyFacts
from lms.credentials.facts.states import StateFacts
from lms.decisions.facts.decisions import ClearanceFacts, DecisionFacts
from lms.decisions.facts.packs import PackFacts


def fact_sources() -> tuple[FactSource, ...]:
    """Return what is to be looked at, from the evidence to the certificate's state."""
    return (
        PackFacts(),
        ClearanceFacts(),
        DecisionFacts(),
        KeyFacts(),
        CredentialFacts(),
        StateFacts(),
    )
