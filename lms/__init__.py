"""Tsunagu: training and competency assessment for support coordinators."""
