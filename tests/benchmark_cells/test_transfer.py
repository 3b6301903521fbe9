"""Labels carried to a data set with other genes."""

import numpy as np
import pytest

from genept.benchmark.cells.analyses.annotation import Annotation
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.shared_genes import shared_columns
from genept.benchmark.cells.transfer import TransferPlan, check_transfer, plan_transfer
from genept.benchmark.cells.vectors import Requested, every_representation
from genept.benchmark.cells.vectors.pca import fit_pca, log_normalised
from genept.errors import UnknownNameError, ValuesError
from tests.benchmark_cells.cells import SYMBOLS, labelled, make_cells, make_genes


def panel(names: tuple[str, ...], *, name: str, seed: int) -> LabelledCells:
    """Measure these genes only; all that is known of cells stays."""
    adata = make_cells(seed=seed)[:, list(names)].copy()
    adata.obsm["X_mine"] = np.ones((90, 2), dtype=np.float32)
    return labelled(adata, name=name, label="type")


def plan(train: LabelledCells, test: LabelledCells) -> TransferPlan:
    requested = Requested({"mine": make_genes()}, stored=("X_mine",))
    made = every_representation(train, requested), every_representation(test, requested)
    return plan_transfer(train, test, made=made, settings=CellSettings())


@pytest.fixture(scope="module")
def one() -> LabelledCells:
    return panel(SYMBOLS[:20], name="one", seed=1)


@pytest.fixture(scope="module")
def other() -> LabelledCells:
    return panel(SYMBOLS[8:][::-1], name="other", seed=2)


def test_genes_are_shared_whatever_their_order(one: LabelledCells, other: LabelledCells) -> None:
    first, second = shared_columns(one, other)
    assert [one.measured.genes.names[i] for i in first] == list(SYMBOLS[8:20])
    assert [other.measured.genes.names[i] for i in second] == list(SYMBOLS[8:20])


def test_components_are_those_of_the_cells_that_are_learned_from(
    one: LabelledCells, other: LabelledCells
) -> None:
    made = {vectors.name: vectors for vectors in plan(one, other).made.vectors}
    columns, others = shared_columns(one, other)
    fitted = fit_pca(log_normalised(one.measured.expression, columns), scale=False, seed=2023)
    np.testing.assert_array_equal(
        made["PCA"].vectors[90:], fitted.of(log_normalised(other.measured.expression, others))
    )
    assert made["PCA"].note == "fitted on 12 of 12 genes that both have"


def test_what_lies_in_one_space_is_compared(one: LabelledCells, other: LabelledCells) -> None:
    found = plan(one, other)
    assert [vectors.name for vectors in found.made.vectors] == [
        *("GenePT-w (mine)", "random gene vectors", "PCA", "scaled PCA"),
    ]
    assert all(vectors.vectors.shape[0] == 180 for vectors in found.made.vectors)
    reasons = {missing.name: missing.reason for missing in found.made.missing}
    assert reasons["X_mine"] == "whether X_mine of the two data sets lies in one space isn't known"


def test_labels_are_found_across_panels(one: LabelledCells, other: LabelledCells) -> None:
    found = plan(one, other)
    (components,) = [vectors.vectors for vectors in found.made.vectors if vectors.name == "PCA"]
    for analysis in found.analyses:
        scored = analysis.score(components)
        assert scored.scores[0].asked[:1] == ("transfer",)
        assert scored.scores[0].asked.split == "train one, test other"
        assert scored.scores[0].metric == "accuracy"
        assert scored.scores[0].value is not None
        assert scored.scores[0].value > 0.6
        # The cells of the data set that is tested, by its own numbers.
        assert list(scored.evidence[0].frame["cell"]) == list(range(90))


def test_cells_of_labels_that_were_not_learned_are_not_tested(other: LabelledCells) -> None:
    adata = make_cells(seed=1)
    adata = adata[adata.obs["type"] != "c"].copy()
    scored = plan(labelled(adata, name="two"), other)
    (score, *_) = scored.analyses[0].score(scored.made.vectors[0].vectors).scores
    assert (score.n_train, score.n_test) == (60, 60)
    assert score.note.startswith("30 cells of labels that two lacks aren't tested")


def test_patients_of_both_are_named() -> None:
    train, test = (
        labelled(make_cells(seed=seed), name=f"set{seed}", label="type", sample="donor") for seed in (1, 2)
    )
    analysis = plan(train, test).analyses[0]
    assert isinstance(analysis, Annotation)
    (fold,) = analysis.split.folds
    assert fold.note.startswith("donor of the same name in both, learned from and tested: d0, d1")


def test_no_gene_in_common_leaves_what_texts_bridge(one: LabelledCells) -> None:
    apart = panel(SYMBOLS[20:], name="apart", seed=2)
    found = plan(one, apart)
    reasons = {missing.name: missing.reason for missing in found.made.missing}
    assert reasons["PCA"] == reasons["scaled PCA"] == "one and apart have no gene in common"
    assert "GenePT-w (mine)" in [vectors.name for vectors in found.made.vectors]


def test_labels_that_have_nothing_in_common_are_refused(one: LabelledCells) -> None:
    adata = make_cells()
    adata.obs["type"] = adata.obs["type"].astype(str).replace({"a": "x", "b": "y"})
    with pytest.raises(ValuesError, match=r"1 labels in both 'one' \(a, b, c\) and 'strange' \(c, x, y\)"):
        check_transfer(one, labelled(adata, name="strange"))


def test_a_data_set_without_labels_is_refused(one: LabelledCells) -> None:
    unlabelled = labelled(make_cells(), name="bare", sample="donor", condition="state")
    with pytest.raises(UnknownNameError, match="no label key for the data set 'bare'"):
        check_transfer(one, unlabelled)
