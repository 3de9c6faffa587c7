"""Geometry of figures: pure, the same for the same input, in units of the drawing."""
