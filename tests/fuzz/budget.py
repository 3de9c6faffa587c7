"""How much is tried: all of it in CI, a third of it on a developer's machine."""

import os

from hypothesis import HealthCheck, Phase, settings

_IN_CI = os.environ.get("CI", "").lower() in ("1", "true")


def examples(count: int) -> int:
    """Return how many examples to try, of as many as CI tries."""
    return count if _IN_CI else max(4, count // 3)


FUZZ = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # what is found is small; making it smaller takes minutes
    suppress_health_check=list(HealthCheck),
)
