"""Labels for cells, on plain arrays."""
