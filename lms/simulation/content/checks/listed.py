"""S1: what a case names of the directory, or says of a client, is there."""

from collections.abc import Mapping
from typing import Any

from lms.content.kinds import ContentIndex
from lms.directory.domain import Directory, directory_from_document
from lms.simulation.content.checks.report import Report
from lms.simulation.content.listed import listed

_DIRECTORY = "directory"


def check_listed(report: Report, index: ContentIndex) -> None:
    """Report entries and attributes that the directory does not have."""
    document = report.document
    named = list(listed(document))
    client = document.get("client", {})
    if not named and not client:
        return
    draft = index.find(_DIRECTORY, _DIRECTORY)
    if draft is None:
        place = named[0][0].place if named else ("client",)
        text = "there is no directory to look this up in; add curricula/directory/"
        report.error("S1", place, text)
        return
    for at, section in named:
        if at.value not in {row["id"] for row in draft.document[section]}:
            what = section.removesuffix("s")
            text = f"the directory has no {what} '{at.value}'; correct the id"
            report.error("S1", at.place, text)
    try:
        directory = directory_from_document(draft.document)
    except KeyError:  # a name that it lacks: its own check says so
        return
    _check_client(report, client, directory)


def _check_client(
    report: Report, client: Mapping[str, Any], directory: Directory
) -> None:
    for name, given in client.items():
        rows = given if isinstance(given, list) else [{"is": given}]
        for number, row in enumerate(rows):
            for text in directory.faults_in({name: row["is"]}):
                inside = (number, "is") if isinstance(given, list) else ()
                report.error("S1", ("client", name, *inside), text)
