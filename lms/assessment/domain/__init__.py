"""Items, their scoring and their feedback."""

from lms.assessment.domain.item import Item, ItemKindName, ItemResult, Option

__all__ = ["Item", "ItemKindName", "ItemResult", "Option"]
