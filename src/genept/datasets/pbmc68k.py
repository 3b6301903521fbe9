"""The sample data set: blood cells that come with scanpy."""

import hashlib
import logging
from importlib.util import find_spec
from pathlib import Path

from anndata import AnnData

from genept.datasets.registry import DATASETS
from genept.errors import MissingDependencyError
from genept.h5ad import read_h5ad

log = logging.getLogger(__name__)


def pbmc68k_reduced() -> AnnData:
    """Blood cells with labels: 700 cells x 765 genes, log-normalised, from the scanpy package.

    The file is read from the installed package without importing scanpy (which takes seconds).
    Its ``X`` is scaled; the log-normalised values that its ``raw`` holds are given as ``X`` here.

    Returns
    -------
    AnnData
        ``X``: (700, 765) CSR, float32, log-normalised over all genes that were measured;
        ``obs["bulk_labels"]``: 10 cell types, from correlation with sorted cells;
        ``obsm["X_pca"]``: 50 components, as shipped.

    Raises
    ------
    MissingDependencyError
        If scanpy isn't installed.
    InputFileError
        If the file isn't in the installed scanpy, or is broken.

    References
    ----------
    Zheng et al., Nature Communications 2017, doi:10.1038/ncomms14049.

    Examples
    --------
    >>> import genept
    >>> genept.datasets.pbmc68k_reduced().shape
    (700, 765)
    """
    scanpy = find_spec("scanpy")
    if scanpy is None or scanpy.origin is None:
        raise MissingDependencyError(
            "the data set 'pbmc68k_reduced' comes with scanpy, which isn't installed",
            expected="scanpy",
            do="pip install 'genept[plot]'",
        )
    path = Path(scanpy.origin).parent / "datasets" / "10x_pbmc68k_reduced.h5ad"
    whole = read_h5ad(path)
    known = DATASETS["pbmc68k_reduced"].checksum
    if f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" != known:
        log.warning("%s isn't the file that genept was tested with (%s)", path, known)
    adata: AnnData = whole.raw.to_adata()
    adata.uns = {"bulk_labels_colors": whole.uns["bulk_labels_colors"]}
    adata.obsm = {"X_pca": whole.obsm["X_pca"]}
    del adata.obsp, adata.varm
    return adata
