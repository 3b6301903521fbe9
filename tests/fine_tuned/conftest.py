"""Made-up cells of three types, in groups, whose vectors tell the types apart but not easily."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse


@pytest.fixture
def cells() -> AnnData:
    """240 cells of 12 patients; types of 120, 80 and 40 cells; a condition that a patient has."""
    rng = np.random.default_rng(0)
    kind = np.repeat([0, 1, 2], [120, 80, 40])
    vectors = rng.normal(size=(240, 8)) + 2 * np.eye(8)[kind]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    adata = AnnData(sparse.csr_matrix(np.zeros((240, 2), dtype=np.float32)))
    adata.obs_names = [f"cell{i}" for i in range(240)]
    adata.obs["type"] = pd.Categorical(np.array(["B", "NK", "T"])[kind])
    adata.obs["patient"] = np.tile([f"p{i}" for i in range(12)], 20)
    adata.obs["condition"] = np.where(np.arange(240) % 12 < 6, "sick", "well")
    adata.obsm["X_genept_w"] = vectors.astype(np.float32)
    return adata
