"""Annotation of real blood: how well confidence keeps its word, within and across data sets."""

from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData

import genept
from genept import GeneEmbeddings
from genept.annotation import expected_calibration_error
from tests.annotation.real_blood import SETS, real_blood, right

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def sets(realdata: Path, lsa_genes: GeneEmbeddings) -> dict[str, AnnData]:
    return {name: real_blood(realdata, name, lsa_genes) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_confidence_is_calibrated_within_a_set(sets: dict[str, AnnData], name: str) -> None:
    order = np.random.default_rng(0).permutation(sets[name].n_obs)
    known, new = (sets[name][half].copy() for half in np.array_split(order, 2))
    genept.tl.annotate(new, reference=known, label_key="fine", min_confidence=0)
    given = (new.obs["genept_cell_type"] != "unassigned").to_numpy()
    assert given.mean() > 0.95
    confidence = new.obs["genept_cell_type_confidence"].to_numpy()[given]
    assert expected_calibration_error(confidence, right(new, "fine")[given]) < 0.06
    genept.tl.annotate(new, reference=known, label_key="fine", min_confidence=0.9)
    sure = (new.obs["genept_cell_type"] != "unassigned").to_numpy()
    assert right(new, "fine")[sure].mean() > 0.9


def test_labels_go_to_another_set_of_other_genes(sets: dict[str, AnnData]) -> None:
    known, new = sets["pbmc3k"], sets["pbmc_3tech"].copy()
    assert set(known.var_names) != set(new.var_names)
    accuracy = {}
    for centre in (True, False):
        genept.tl.annotate(new, reference=known, label_key="coarse", centre=centre, novelty_quantile=None)
        accuracy[centre] = right(new, "coarse").mean()
    # What sets whole data sets apart, such as the technique, is mostly a shift.
    assert accuracy[True] > 0.9
    assert accuracy[True] > accuracy[False]


def test_types_that_the_reference_lacks_get_other_labels(sets: dict[str, AnnData]) -> None:
    """Known and said in the documentation: sure labels, though none could be right."""
    new = sets["zheng_facs"].copy()
    genept.tl.annotate(new, reference=sets["pbmc3k"], label_key="level")
    progenitors = new.obs["level"] == "progenitor"
    assert not right(new, "level")[progenitors].any()
    assert (new.obs.loc[progenitors, "genept_cell_type"] == "unassigned").mean() < 0.5
    there = (~progenitors).to_numpy()
    assert right(new, "level")[there].mean() > 0.75


@pytest.mark.slow
def test_names_of_types_label_clusters_of_blood(realdata: Path) -> None:
    genes = genept.embed_genes(texts="starter", encoder="minilm")
    cells = real_blood(realdata, "pbmc3k", genes)
    names = {"T cell": "T", "natural killer cell": "NK", "B cell": "B", "monocyte": "monocyte"} | {
        "dendritic cell": "dendritic",
        "platelet": "platelet",
    }
    genept.tl.annotate(cells, cell_types=list(names), genes=genes, groupby="fine")
    cells.obs["genept_cell_type"] = cells.obs["genept_cell_type"].astype(str).replace(names)
    # More than the largest class, T, which is 55 % of the cells.
    assert right(cells, "level").mean() > 0.7
    vectors = np.random.default_rng(0).normal(size=genes.vectors.shape).astype(np.float32)
    noise = GeneEmbeddings(genes.genes, vectors, provenance=genes.provenance)
    control = real_blood(realdata, "pbmc3k", noise)
    genept.tl.annotate(control, cell_types=list(names), genes=noise)
    control.obs["genept_cell_type"] = control.obs["genept_cell_type"].astype(str).replace(names)
    assert right(control, "level").mean() < 0.4
