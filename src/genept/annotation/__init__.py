"""Labels for cells, on plain arrays: from a labelled reference, or from what is written about cell types."""

from typing import TYPE_CHECKING

import lazy_loader

from genept.annotation.calibration import expected_calibration_error
from genept.annotation.labelled import UNASSIGNED, Labelled

if TYPE_CHECKING:
    from genept.annotation.transfer import TransferAnnotator
    from genept.annotation.zero_shot import ZeroShotAnnotator

# Their base class is scikit-learn's, which takes a second to load.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submod_attrs={"transfer": ["TransferAnnotator"], "zero_shot": ["ZeroShotAnnotator"]},
)

__all__ = ["UNASSIGNED", "Labelled", "TransferAnnotator", "ZeroShotAnnotator", "expected_calibration_error"]
