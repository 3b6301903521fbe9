"""Cells of a file, read by rows without holding them."""
