"""Cells from file to file, in memory that doesn't grow with their number."""
