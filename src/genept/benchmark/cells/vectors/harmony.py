"""PCA corrected for batches by Harmony."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from genept.benchmark.cells.labelled_cells import Labels
from genept.benchmark.cells.vectors.pca import PCA_NAME
from genept.benchmark.cells.vectors.representation import BASELINE, CellVectors, NoCellVectors

NAME = "Harmony-corrected PCA"
# Harmony's default is a cluster for each thirty cells; without one it stops.
_FEWEST_CELLS = 30


def harmony_cells(
    made: Sequence[CellVectors | NoCellVectors], batches: Labels, *, seed: int
) -> CellVectors | NoCellVectors:
    """Correct the principal components of cells for their batches.

    Parameters
    ----------
    made
        What was made of the expression, PCA among it.
    batches
        (n_cells,) the batch of each cell.
    seed
        Of Harmony's clusters.

    References
    ----------
    Korsunsky et al., Nature Methods 16:1289 (2019), by ``harmonypy`` with its defaults.
    """
    pca = next((one for one in made if one.name == PCA_NAME and isinstance(one, CellVectors)), None)
    if pca is None:
        return NoCellVectors(NAME, BASELINE, "there is no PCA to correct")
    if len(batches) < _FEWEST_CELLS:
        return NoCellVectors(NAME, BASELINE, f"{len(batches)} cells are too few for Harmony's clusters")
    try:
        from harmonypy import run_harmony
    except ImportError as error:
        reason = f"it needs {error.name}, which isn't installed: pip install 'genept[scib]'"
        return NoCellVectors(NAME, BASELINE, reason)
    known = pd.DataFrame({"batch": batches})
    corrected = run_harmony(pca.vectors, known, "batch", verbose=False, random_state=seed, ncores=1)
    vectors = np.asarray(corrected.Z_corr, dtype=np.float32)
    # Versions before 2 give components x cells.
    vectors = vectors if len(vectors) == len(batches) else vectors.T
    return CellVectors(NAME, BASELINE, vectors, pca.genes_measured, pca.genes_used, note=pca.note)
