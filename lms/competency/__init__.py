"""The competency record: what the evidence says of a learner, and how surely."""
