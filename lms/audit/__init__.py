"""The audit trail: who did what of weight, when, and from which inputs."""
