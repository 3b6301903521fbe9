"""What a cell type is: its names, its definition and where it belongs."""

from genept.cell_types.cell_ontology import cell_ontology
from genept.cell_types.cell_types import CellTypes
from genept.cell_types.choose import get_cell_types
from genept.cell_types.listed import listed_types, read_listed_types

__all__ = ["CellTypes", "cell_ontology", "get_cell_types", "listed_types", "read_listed_types"]
