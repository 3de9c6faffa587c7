"""Abilities, competencies, levels, and the definitions of rubrics."""
