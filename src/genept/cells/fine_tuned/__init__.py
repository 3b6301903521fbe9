"""Cells fine-tuned for what their labels say: a perceptron of two layers on vectors of cells."""

from genept.cells.fine_tuned.estimator import FineTunedEmbedding
from genept.cells.fine_tuned.held_out import compare_held_out
from genept.cells.fine_tuned.sides import draw_cells, draw_groups, refuse_shared_groups

__all__ = [
    "FineTunedEmbedding",
    "compare_held_out",
    "draw_cells",
    "draw_groups",
    "refuse_shared_groups",
]
