"""How much is tried: all of it in CI, a third of it on a developer's machine."""

from hypothesis import HealthCheck, Phase, settings

from tests.databases import IN_CI


def examples(count: int) -> int:
    """Return how many examples to try, of as many as CI tries."""
    return count if IN_CI else max(4, count // 3)


FUZZ = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # what is found is small; making it smaller takes minutes
    suppress_health_check=list(HealthCheck),
)
