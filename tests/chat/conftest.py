"""What tests of clusters named by a chat model share: markers, and the server of generated texts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from anndata import AnnData

from genept.annotation.chat import ClusterNaming
from tests.generated.chat_server import ChatServer
from tests.generated.conftest import server as server
from tests.generated.conftest import setting as setting

MARKERS = {"0": ("CD79A", "MS4A1", "CD79B"), "1": ("NKG7", "GNLY"), "2": ("LYZ", "S100A8", "S100A9")}
MANY = {f"c{i}": (f"GENE{i}", "LYZ") for i in range(30)}

Make = Callable[..., ClusterNaming]


@pytest.fixture
def make(server: ChatServer) -> Make:
    def make_one(markers: Mapping[str, Sequence[str]] = MARKERS, **more: Any) -> ClusterNaming:
        return ClusterNaming(markers, **{"model": "small", "base_url": server.url} | more)

    return make_one


@pytest.fixture
def clustered() -> AnnData:
    """Counts of 60 cells in three clusters, each with its genes of ``MARKERS``, and of 20 other genes."""
    rng = np.random.default_rng(0)
    genes = [gene for some in MARKERS.values() for gene in some]
    labels = np.repeat(list(MARKERS), 20)
    counts = rng.poisson(3.0, size=(60, len(genes) + 20)).astype(np.float32)
    for column, gene in enumerate(genes):
        of_cluster = np.isin(labels, [cluster for cluster, some in MARKERS.items() if gene in some])
        counts[:, column] = rng.poisson(np.where(of_cluster, 12.0, 0.5))
    adata = AnnData(counts)
    adata.var_names = [*genes, *(f"OTHER{i}" for i in range(20))]
    adata.obs_names = [f"cell{i}" for i in range(60)]
    adata.obs["leiden"] = labels
    adata.obs["leiden"] = adata.obs["leiden"].astype("category")
    return adata
