"""The examples in docstrings are run."""

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

import lms.psychometrics

MODULES = [module.name for module in iter_modules(lms.psychometrics.__path__)]


@pytest.mark.parametrize("name", ["", *(f".{module}" for module in MODULES)])
def test_examples_give_what_they_show(name):
    results = doctest.testmod(import_module(f"lms.psychometrics{name}"))
    assert results.failed == 0


def test_every_public_name_is_there():
    assert all(hasattr(lms.psychometrics, name) for name in lms.psychometrics.__all__)
