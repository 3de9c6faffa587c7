"""Parsers of content files stay out of processes that serve pages."""

import subprocess
import sys

from lms.compilers import COMPILERS
from lms.kinds import content_kinds

_PARSERS = ("pydantic", "yaml", "lms.kinds")


def test_the_application_is_made_without_parsers():
    script = (
        "import sys, lms.app; "
        f"print(*[name for name in {_PARSERS} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


def test_every_kind_of_content_can_be_compiled():
    assert [kind.name for kind in content_kinds()] == list(COMPILERS)
