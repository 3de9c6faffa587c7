"""Item response theory against tables, quadrature, recovery and invariants."""
