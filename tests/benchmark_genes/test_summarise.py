"""The tables of results: means, intervals, differences; what can't be computed stays visible."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from genept.benchmark.statistics import (
    ScoreKey,
    bootstrap_scores,
    compare,
    corrected_resampled_t_test,
    interval,
    roc_auc,
    summarise,
    summarise_and_compare,
)
from genept.errors import ArgumentError, UnknownNameError
from tests.benchmark_genes.predictions import made_predictions

RESAMPLES = 100


class Scored:
    """Rows of results.csv and the predictions behind them, for a few representations on the same genes."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.tables: dict[ScoreKey, pd.DataFrame] = {}
        self.asked: list[ScoreKey] = []
        self.base = made_predictions(np.random.default_rng(0), n_genes=60)

    def add(self, embedding: str, *, kind: str = "embedding", about: str = "", noise: float = 0) -> ScoreKey:
        scores = self.base["score"] + noise * np.random.default_rng(len(self.rows)).normal(size=60)
        return self.add_table(self.base.assign(score=scores), ("dosage", embedding, kind, about))

    def add_table(self, table: pd.DataFrame, names: tuple[str, str, str, str]) -> ScoreKey:
        key = ScoreKey(*names, classifier="logistic_regression", features="")
        self.tables[key] = table
        for fold, part in table.groupby("fold"):
            value = roc_auc(part["label"], part["score"])
            self.rows.append(self.row(key) | {"fold": fold, "value": value, "n_test": len(part)})
        return key

    def row(self, key: ScoreKey) -> dict[str, object]:
        rest = {"task_version": "1", "protocol": "rigorous", "metric": "roc_auc", "repeat": 0, "note": ""}
        return key._asdict() | rest | {"n_train": 48, "C": 1.0}

    def not_computed(self, embedding: str, note: str) -> None:
        key = ScoreKey("dosage", embedding, "control", "", "logistic_regression", "")
        empty = {"repeat": None, "fold": None, "value": None, "n_train": None, "n_test": None}
        self.rows.append(self.row(key) | empty | {"note": note})

    @property
    def results(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    def predictions(self, key: ScoreKey) -> pd.DataFrame | None:
        self.asked.append(key)
        return self.tables.get(key)


@pytest.fixture
def scored() -> Scored:
    made = Scored()
    made.add("minilm")
    made.add("lsa", noise=1)
    made.add("random", kind="control", noise=5)
    return made


def only(table: pd.DataFrame, **names: str) -> pd.Series:
    for column, name in names.items():
        table = table[table[column] == name]
    assert len(table) == 1
    return table.iloc[0]


def test_a_summary_is_of_the_folds_and_of_the_predictions(scored: Scored) -> None:
    table = summarise(scored.results, scored.predictions, n_resamples=RESAMPLES)
    assert table["embedding"].tolist() == ["lsa", "minilm", "random"]  # Embeddings before controls.
    row = only(table, embedding="minilm")
    values = [roc_auc(part["label"], part["score"]) for _, part in scored.base.groupby("fold")]
    assert row["mean"] == pytest.approx(np.mean(values))
    assert row["sd"] == pytest.approx(np.std(values))
    low, high = interval(bootstrap_scores(scored.base, "roc_auc", n_resamples=RESAMPLES))
    assert (row["low"], row["high"]) == (low, high)
    assert row["low"] < row["mean"] < row["high"]
    assert (row["n_values"], row["n_genes"], row["note"]) == (5, 60, "")
    assert table["p_permutation"].isna().all()


def test_a_difference_is_paired(scored: Scored) -> None:
    table = compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    pairs = list(zip(table["embedding"], table["other"], strict=True))
    assert pairs == [("lsa", "minilm"), ("lsa", "random"), ("minilm", "random")]
    row = only(table, embedding="minilm", other="random")
    results = scored.results
    values = {name: part["value"].to_numpy(dtype=float) for name, part in results.groupby("embedding")}
    one, other = values["minilm"], values["random"]
    assert row["difference"] == pytest.approx(np.mean(one - other))
    tables = {key.embedding: made for key, made in scored.tables.items()}
    first, second = (
        bootstrap_scores(tables[name], "roc_auc", n_resamples=RESAMPLES) for name in ("minilm", "random")
    )
    assert (row["low"], row["high"]) == interval(first - second)
    t = np.mean(one - other) / np.sqrt((1 / 5 + 12 / 48) * np.var(one - other, ddof=1))
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(t), 4))
    assert row["n_values"] == 5


def test_neither_the_order_of_rows_nor_a_file_between_matters(scored: Scored) -> None:
    scored.not_computed("TF-IDF", "no texts")
    expected = summarise_and_compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    shuffled = scored.results.sample(frac=1, random_state=1)
    read_back = pd.read_csv(StringIO(shuffled.to_csv(index=False)), float_precision="round_trip")
    for results in (shuffled, read_back):
        for got, table in zip(
            summarise_and_compare(results, scored.predictions, n_resamples=RESAMPLES), expected, strict=True
        ):
            pd.testing.assert_frame_equal(got, table, check_exact=True)


def test_both_tables_together_are_each_by_itself(scored: Scored) -> None:
    summary, differences = summarise_and_compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    assert len(scored.asked) == len(set(scored.asked)) == 3
    pd.testing.assert_frame_equal(
        summary, summarise(scored.results, scored.predictions, n_resamples=RESAMPLES)
    )
    pd.testing.assert_frame_equal(
        differences, compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    )


def test_what_was_not_computed_keeps_one_row_with_its_notes(scored: Scored) -> None:
    scored.not_computed("TF-IDF", "no texts")
    scored.not_computed("TF-IDF", "no texts")
    scored.not_computed("TF-IDF", "and no words")
    summary, differences = summarise_and_compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    row = only(summary, embedding="TF-IDF")
    assert row["note"] == "and no words; no texts"
    assert row["n_values"] == 0
    assert row[["mean", "sd", "low", "high", "n_genes"]].isna().all()
    assert "TF-IDF" not in {*differences["embedding"], *differences["other"]}
    assert "TF-IDF" not in {key.embedding for key in scored.asked}


def test_nothing_computed_leaves_whole_tables(scored: Scored) -> None:
    none = Scored()
    none.not_computed("TF-IDF", "no texts")
    summary, differences = summarise_and_compare(none.results, none.predictions)
    full = summarise_and_compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    assert len(summary) == 1
    assert len(differences) == 0
    assert summary.columns.tolist() == full[0].columns.tolist()
    assert differences.columns.tolist() == full[1].columns.tolist()


def test_only_the_same_folds_are_compared(scored: Scored) -> None:
    results = scored.results
    results = results[(results["embedding"] != "lsa") | (results["fold"] != 3)]
    table = compare(results, scored.predictions, n_resamples=RESAMPLES)
    assert list(zip(table["embedding"], table["other"], strict=True)) == [("minilm", "random")]


def test_other_genes_give_a_difference_without_a_claim(scored: Scored) -> None:
    moved = scored.base.assign(first=scored.base["first"] + 1)
    scored.add_table(moved, ("dosage", "moved", "embedding", ""))
    row = only(
        compare(scored.results, scored.predictions, n_resamples=RESAMPLES), embedding="minilm", other="moved"
    )
    assert row["difference"] == 0
    assert row[["low", "high", "p_value"]].isna().all()


@pytest.mark.parametrize("n_train", [None, 40])
def test_other_or_unknown_training_rows_leave_the_interval_alone(scored: Scored, n_train: int | None) -> None:
    results = scored.results
    results.loc[results["embedding"] == "lsa", "n_train"] = n_train
    table = compare(results, scored.predictions, n_resamples=RESAMPLES)
    expected = compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    pd.testing.assert_frame_equal(table[["low", "high"]], expected[["low", "high"]])
    assert table.loc[table["embedding"] == "lsa", "p_value"].isna().all()


def test_without_predictions_there_is_a_test_and_no_interval(scored: Scored) -> None:
    summary, differences = summarise_and_compare(scored.results, lambda _: None)
    assert summary["mean"].notna().all()
    assert summary[["low", "high", "n_genes"]].isna().all(axis=None)
    assert differences[["low", "high"]].isna().all(axis=None)
    assert differences["p_value"].between(0, 1).all()
    other_sizes = scored.results
    other_sizes.loc[other_sizes["embedding"] == "lsa", "n_test"] += 1
    untested = compare(other_sizes, lambda _: None)
    assert untested.loc[untested["other"] == "minilm", "p_value"].isna().all()


def test_one_fold_has_no_spread_and_no_test(scored: Scored) -> None:
    summary, differences = summarise_and_compare(
        scored.results.query("fold == 0"), scored.predictions, n_resamples=RESAMPLES
    )
    assert summary["sd"].isna().all()
    assert differences["p_value"].isna().all()
    assert differences[["low", "high"]].notna().all(axis=None)


def test_representations_that_share_a_name_are_told_apart(scored: Scored) -> None:
    for about in ("minilm", "lsa"):
        scored.add("shuffled texts", kind="control", about=about, noise=3)
    summary, differences = summarise_and_compare(scored.results, scored.predictions, n_resamples=RESAMPLES)
    assert len(summary) == 5
    only(
        differences,
        embedding="shuffled texts (control of lsa)",
        other="shuffled texts (control of minilm)",
    )
    assert len(differences) == 10


def test_permuted_scores_give_a_p_value(scored: Scored) -> None:
    key = next(iter(scored.tables))
    permuted = {(key, "roc_auc"): np.full(19, 0.5)}
    table = summarise(scored.results, scored.predictions, n_resamples=RESAMPLES, permuted=permuted)
    assert only(table, embedding="minilm")["p_permutation"] == 0.05
    assert np.isnan(only(table, embedding="lsa")["p_permutation"])


def test_rows_that_mean_two_things_are_refused(scored: Scored) -> None:
    results = scored.results
    twice = pd.concat([results, results[:1]])
    with pytest.raises(ArgumentError, match="minilm on dosage"):
        summarise(twice, scored.predictions)
    mixed = pd.concat([results, results.assign(protocol="paper", task="other")])
    with pytest.raises(ArgumentError, match="paper, rigorous"):
        compare(mixed, scored.predictions)
    with pytest.raises(ArgumentError, match="without n_train"):
        summarise(results.drop(columns="n_train"), scored.predictions)
    with pytest.raises(UnknownNameError, match="f1"):
        summarise(results.assign(metric="f1"), scored.predictions)


def test_the_t_test_takes_mean_sizes() -> None:
    made = Scored()
    made.add("minilm")
    made.add("lsa", noise=2)
    results = made.results.assign(n_test=made.results["fold"] + 10)
    row = compare(results, made.predictions, n_resamples=RESAMPLES).iloc[0]
    one, other = (results.loc[results["embedding"] == name, "value"].to_numpy() for name in ("lsa", "minilm"))
    assert row["p_value"] == corrected_resampled_t_test(one - other, 48, 12)[1]
