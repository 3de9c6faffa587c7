"""Acting in a case. Forms check shape only; the engine decides what is allowed."""
