"""Everything that `lms audit verify` holds against the trail, package by package."""

from lms.audit.facts import FactSource
from lms.content.facts import ContentFacts
from lms.credentials.facts.credentials import credential_facts
from lms.credentials.facts.keys import key_facts
from lms.credentials.facts.states import StateFacts
from lms.decisions.facts.decisions import clearance_facts, decision_facts
from lms.decisions.facts.packs import pack_facts
from lms.grading.facts import MarkFacts, sheet_facts


def fact_sources() -> tuple[FactSource, ...]:
    """Return what is to be looked at, from the content to the certificate's state."""
    return (
        ContentFacts(),
        sheet_facts(),
        MarkFacts(),
        pack_facts(),
        clearance_facts(),
        decision_facts(),
        key_facts(),
        credential_facts(),
        StateFacts(),
    )
