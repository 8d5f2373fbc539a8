"""Measures how well patients are understood: running, measuring and reporting, kept apart."""
