"""Flask as this product uses it."""

from collections.abc import Callable
from typing import Any

from flask import Flask


class Product(Flask):
    """A Flask application all of whose views are plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is; Flask looks anew at each of some twenty."""
        return func
