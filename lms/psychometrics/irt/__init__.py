"""Item response theory: banks, calibration, scores, fit."""
