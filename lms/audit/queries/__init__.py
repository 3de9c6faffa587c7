"""Reading the audit trail: the chain of seals, and the pages about it."""
