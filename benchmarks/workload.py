"""A fixed piece of NumPy work: the unit in which times of one run are compared."""

import time

import numpy as np


def unit_seconds() -> float:
    """Do the work once: products of matrices and exponentials, half and half."""
    rng = np.random.default_rng(0)
    square = rng.normal(size=(500, 500))
    long = rng.normal(size=1_000_000)
    began = time.process_time()
    for _ in range(8):
        square = square @ square / np.linalg.norm(square)
        np.exp(-(long**2) / 2).sum()
    return time.process_time() - began
