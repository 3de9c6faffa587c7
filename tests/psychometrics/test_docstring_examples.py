"""The examples in docstrings are run."""

import doctest
import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

import lms.psychometrics

ROOT = lms.psychometrics.__name__
MODULES = [m.name for m in walk_packages(lms.psychometrics.__path__, f"{ROOT}.")]


@pytest.mark.parametrize("name", [ROOT, *MODULES])
def test_examples_give_what_they_show(name):
    results = doctest.testmod(import_module(name))
    assert results.failed == 0


def test_every_public_name_is_there():
    assert all(hasattr(lms.psychometrics, name) for name in lms.psychometrics.__all__)


def test_every_public_name_is_listed_once_where_it_is_fetched():
    fetched = [name for names in lms.psychometrics._LATER.values() for name in names]
    assert len(fetched) == len(set(fetched))
    assert set(fetched) <= set(lms.psychometrics.__all__)


def test_pages_do_not_wait_for_what_calibrates_banks():
    # A fresh process: what other tests import must not hide what the package imports.
    code = (
        "import sys, lms.psychometrics; "
        "print([m for m in sys.modules if m.startswith('scipy')], "
        "'lms.psychometrics.classification' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[0] == "[] False"
