"""The kinds of content, in the order of publishing."""

from lms.assessment.content import ItemKind
from lms.content.kinds import KindRegistry
from lms.curriculum.content import LessonKind, ModuleKind
from lms.directory.content.kind import DirectoryKind
from lms.framework.content import FrameworkKind, RubricKind
from lms.simulation.content.kind import CaseKind


def content_kinds() -> KindRegistry:
    """Return the registry; what others refer to comes first."""
    return KindRegistry(
        (
            FrameworkKind(),
            RubricKind(),
            DirectoryKind(),
            ItemKind(),
            CaseKind(),
            LessonKind(),
            ModuleKind(),
        )
    )
