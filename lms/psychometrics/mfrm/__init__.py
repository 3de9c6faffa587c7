"""Many-facet Rasch models: raters, criteria and learners on one scale."""
