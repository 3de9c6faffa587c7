"""How the document of a published version becomes what pages work with.

Apart from the kinds of content: reading and checking files needs parsers that a
process which serves pages never uses, and would keep in memory.
"""

from lms.assessment.domain import Item
from lms.content.queries import Compilers
from lms.curriculum.domain import Lesson, Module
from lms.directory.domain import directory_from_document
from lms.framework.domain import Framework, Rubric
from lms.simulation.domain.document import case_from_document

COMPILERS: Compilers = {
    "framework": Framework.from_document,
    "rubric": Rubric.from_document,
    "directory": directory_from_document,
    "item": Item.from_document,
    "case": case_from_document,
    "lesson": Lesson.from_document,
    "module": Module.from_document,
}
"""By kind of content; the same names as in `lms.kinds.content_kinds`."""
