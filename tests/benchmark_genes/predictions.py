"""Out-of-fold predictions made up for tests."""

import numpy as np
import pandas as pd


def made_predictions(
    rng: np.random.Generator, *, n_genes: int, n_pairs: int = 0, n_folds: int = 5, n_repeats: int = 1
) -> pd.DataFrame:
    """Predictions about ``n_genes`` genes, or ``n_pairs`` pairs of them; scores are coarse, so ties occur."""
    n = n_pairs or n_genes
    parts = []
    first = rng.integers(n_genes, size=n) if n_pairs else np.arange(n)
    second = rng.integers(n_genes, size=n) if n_pairs else np.full(n, -1)
    label = rng.integers(2, size=n)
    for repeat in range(n_repeats):
        fold = rng.permutation(n) % n_folds
        score = np.round(rng.normal(loc=label), 1)
        rows = {"repeat": repeat, "fold": fold, "first": first, "second": second, "label": label}
        parts.append(pd.DataFrame(rows | {"score": score, "predicted": (score > 0.5).astype(int)}))
    return pd.concat(parts, ignore_index=True)
