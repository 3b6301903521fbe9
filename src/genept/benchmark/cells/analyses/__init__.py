"""What is found in vectors of cells: types, batches, phenotypes."""
