"""Which cells are scored, what is refused, and what is said of columns that say the same."""

import numpy as np
import pandas as pd
import pytest

from genept.benchmark.cells.keys import Keys, keys_by_data_set
from genept.benchmark.cells.label_table import confounding, label_rows
from genept.errors import ArgumentError, UnknownNameError, ValuesError
from tests.benchmark_cells.cells import labelled, make_cells


def test_cells_without_a_label_are_left_out_and_counted() -> None:
    adata = make_cells()
    labels = adata.obs["type"].astype(object)
    labels.iloc[[0, 4]] = np.nan
    # What a missing value becomes when it is written as text.
    labels.iloc[8] = "nan"
    adata.obs["type"] = labels
    cells = labelled(adata, label="type")
    assert len(cells) == 87
    assert not {0, 4, 8} & set(cells.rows)
    assert cells.measured.expression.shape[0] == 87
    assert label_rows(cells)[0]["n_missing"] == 3


def test_labels_with_fewer_cells_than_folds_are_left_out_and_named() -> None:
    adata = make_cells()
    labels = adata.obs["type"].astype(str)
    labels.iloc[[0, 1, 2]], labels.iloc[3] = "rare", "once"
    adata.obs["type"] = labels
    cells = labelled(adata, label="type")
    assert set(cells.values["label"]) == {"a", "b", "c"}
    row = label_rows(cells)[0]
    assert row["n_dropped"] == 4
    assert "rare 3, once 1" in str(row["note"])
    assert set(labelled(adata, drop_rare=False, label="type").values["label"]) == {
        "a",
        "b",
        "c",
        "rare",
        "once",
    }


def test_one_label_is_refused() -> None:
    adata = make_cells()
    adata.obs["type"] = "a"
    with pytest.raises(ValuesError, match=r"1 label \(a\) in 'type'.*two or more"):
        labelled(adata, label="type")


def test_one_label_beside_rare_ones_is_refused() -> None:
    adata = make_cells()
    adata.obs["type"] = ["b"] + ["a"] * 89
    with pytest.raises(ValuesError, match=r"besides rare ones \(b\)"):
        labelled(adata, label="type")


def test_a_label_for_each_cell_is_refused() -> None:
    adata = make_cells()
    adata.obs["type"] = adata.obs_names
    with pytest.raises(ValuesError, match="another label for each of the 90 cells"):
        labelled(adata, drop_rare=False, label="type")


def test_one_batch_and_one_condition_are_refused() -> None:
    adata = make_cells()
    adata.obs["batch"] = adata.obs["state"] = "x"
    with pytest.raises(ValuesError, match="1 batch"):
        labelled(adata, label="type", batch="batch")
    with pytest.raises(ValuesError, match="1 condition"):
        labelled(adata, sample="donor", condition="state")


def test_columns_that_are_not_there() -> None:
    with pytest.raises(
        UnknownNameError, match=r"no column 'kind' in obs of the data set 'made'.*type, batch"
    ):
        labelled(make_cells(), label="kind")


def test_a_sample_in_two_conditions_is_refused() -> None:
    adata = make_cells()
    adata.obs["state"] = ["ill", "well"] * 45
    with pytest.raises(ValuesError, match=r"more than one condition \('state'\): d0, d1.*--patient-key"):
        labelled(adata, sample="donor", condition="state")


def test_a_sample_of_two_patients_is_refused() -> None:
    adata = make_cells()
    with pytest.raises(ValuesError, match=r"more than one patient \('type'\)"):
        labelled(adata, sample="donor", condition="state", patient="type")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"label": "type", "batch": "type"}, "'type' of the data set 'one' as label and as batch"),
        ({"batch": "tech"}, "nothing to be found"),
        ({"label": "t", "condition": "state"}, "without its samples"),
        ({"label": "t", "patient": "who"}, "without their samples"),
    ],
)
def test_keys_that_do_not_go_together(given: dict[str, str], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        keys_by_data_set(["one"], **given)


def test_keys_of_a_data_set_that_is_not_there() -> None:
    with pytest.raises(UnknownNameError, match="a batch key for two"):
        keys_by_data_set(["one"], label="t", batch={"two": "tech"})


def test_keys_by_data_set() -> None:
    keys = keys_by_data_set(["one", "two"], label="type", batch={"two": "tech"}, sample=None)
    assert keys == {"one": Keys("type"), "two": Keys("type", "tech")}


def test_a_batch_for_each_label_is_said_to_be_confounded() -> None:
    adata = make_cells()
    adata.obs["tech"] = adata.obs["type"].map({"a": "V2", "b": "V3", "c": "V3"}).astype(str)
    rows = label_rows(labelled(adata, label="type", batch="tech"))
    assert [row["role"] for row in rows] == ["label", "batch"]
    for row in rows:
        assert "tech is confounded with type: each type occurs in one tech only" in str(row["note"])


def test_columns_that_have_nothing_to_do_with_each_other_are_not() -> None:
    assert all(row["note"] == "" for row in label_rows(labelled(make_cells(), label="type", batch="batch")))


def test_the_strength_is_cramers() -> None:
    one, other = np.array(list("aaaabbbb")), np.array(list("xxxyyyyy"))
    table = pd.crosstab(one, other).to_numpy()
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    strength = np.sqrt(((table - expected) ** 2 / expected).sum() / len(one))
    assert confounding("kind", one, "tech", other).endswith(f"(Cramer's V {strength:.2f})")
