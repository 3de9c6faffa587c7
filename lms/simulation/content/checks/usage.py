"""V1 and F1: what is set is read, what is read is set, what is revealed is used."""

from collections.abc import Iterator

from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.domain.case import Case, TalkScene
from lms.simulation.domain.conditions import Name
from lms.simulation.domain.liveness import conditions_in
from lms.simulation.domain.search import Graph


def check_usage(report: Report, case: Case, graph: Graph) -> None:
    """Report variables and facts that nothing sets, reads, reveals or uses."""
    reads = set(_reads(case))
    _check_variables(report, case, reads)
    for name, fact in case.facts.items():
        place = ("facts", name)
        is_used = bool({Name("fact", name), Name("shared", name)} & reads)
        if not graph.seen_facts & case.layout.facts[name]:
            if not graph.is_capped:
                text = "no play reveals it; reveal it or remove it"
                report.warn("F1", place, f"fact '{fact.id}': {text}")
        elif not is_used:
            report.warn(
                "F1",
                place,
                f"fact '{fact.id}' can be revealed, but nothing depends on it; let a "
                "condition, evidence, task or omission ask for it, or remove it",
            )


def _check_variables(report: Report, case: Case, reads: set[Name]) -> None:
    changed = {
        name
        for at in walk.effects(report.document)
        for verb in ("set", "add")
        for name in at.value.get(verb, {})
    }
    for name in case.variables:
        is_read = Name("variable", name) in reads
        if is_read and name not in changed:
            text = f"'{name}' is read but never set; set it or leave it out"
        elif not is_read and name in changed:
            text = f"'{name}' is set but never read; read it or leave it out"
        elif not is_read:
            text = f"'{name}' is neither set nor read; leave it out"
        else:
            continue
        report.warn("V1", ("state", name), text)


def _reads(case: Case) -> Iterator[Name]:
    """Return every name that something depends on.

    Being listed as shareable, or shared, is no use of a fact; a condition on whether
    it was shared is.
    """
    for scene in case.scenes.values():
        for condition in conditions_in(case, scene):
            yield from condition.reads()
        if isinstance(scene, TalkScene):
            for turn in scene.turns:
                if turn.via is not None:
                    yield Name("variable", turn.via)
    for omission in case.omissions:
        if omission.evidence.when is not None:
            yield from omission.evidence.when.reads()
