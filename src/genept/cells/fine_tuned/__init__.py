"""Cells fine-tuned for what their labels say: a perceptron of two layers on vectors of cells."""

from typing import TYPE_CHECKING

import lazy_loader

from genept.cells.fine_tuned.sides import draw_cells, draw_groups, refuse_shared_groups

if TYPE_CHECKING:
    from genept.cells.fine_tuned.estimator import FineTunedEmbedding
    from genept.cells.fine_tuned.held_out import compare_held_out

# These load scikit-learn, which takes a second.
__getattr__, _, _ = lazy_loader.attach(
    __name__, submod_attrs={"estimator": ["FineTunedEmbedding"], "held_out": ["compare_held_out"]}
)

__all__ = [
    "FineTunedEmbedding",
    "compare_held_out",
    "draw_cells",
    "draw_groups",
    "refuse_shared_groups",
]
