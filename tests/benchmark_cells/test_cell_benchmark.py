"""The benchmark as a whole: tables, sameness, resuming, bad requests, and the command line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from genept import write_embeddings
from genept.benchmark import benchmark_cells
from genept.benchmark.cells import cell_benchmark as cell_benchmark_module
from genept.benchmark.cells import jobs as jobs_module
from genept.benchmark.cells.difference_table import DIFFERENCE_COLUMNS
from genept.benchmark.cells.kept import RESULT_COLUMNS, KeptCellJobs
from genept.benchmark.cells.labelled_cells import LabelledCells
from genept.benchmark.cells.score_cells import make_sets, score_cells
from genept.benchmark.cells.settings import CellSettings
from genept.benchmark.cells.summary_table import SUMMARY_COLUMNS
from genept.benchmark.cells.tables import COVERAGE_COLUMNS
from genept.benchmark.cells.transfer import Transfer
from genept.benchmark.cells.vectors import Requested
from genept.benchmark.statistics.class_counts import class_scores
from genept.errors import ArgumentError, InputFileError, OutputError, UnknownNameError, ValuesError
from tests.benchmark_cells.cells import SYMBOLS, labelled, make_cells, make_genes
from tests.conftest import RunGenept

TABLES = ("results", "summary", "differences", "labels", "coverage")


def sets() -> list[LabelledCells]:
    """One with everything but batches, and a smaller panel with labels alone."""
    return [
        labelled(make_cells(), name="first", label="type", sample="donor", condition="state"),
        labelled(make_cells(60, seed=3, symbols=SYMBOLS)[:, 9:].copy(), name="second", label="type"),
    ]


def run(folder: Path) -> pd.DataFrame:
    folder.mkdir(exist_ok=True)
    return score_cells(
        folder,
        make_sets(sets(), Requested({"mine": make_genes()})),
        transfers=[Transfer("first", "second")],
        settings=CellSettings(protocol="paper"),
        n_jobs=1,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(folder)
    return folder


def tables(folder: Path) -> dict[str, str]:
    return {name: (folder / f"{name}.csv").read_text() for name in TABLES}


def test_tables_have_their_columns(whole: Path) -> None:
    columns = {name: list(pd.read_csv(whole / f"{name}.csv").columns) for name in TABLES}
    assert columns["results"] == list(RESULT_COLUMNS)
    assert columns["summary"] == SUMMARY_COLUMNS
    assert columns["differences"] == DIFFERENCE_COLUMNS
    assert columns["coverage"] == COVERAGE_COLUMNS
    assert columns["labels"][:4] == ["dataset", "target", "role", "classes"]


def test_every_question_has_every_representation(whole: Path) -> None:
    results = pd.read_csv(whole / "results.csv")
    asked = results.groupby(["dataset", "analysis", "method", "split", "metric"])["representation"]
    for question, names in asked.unique().items():
        assert set(names) == {
            *("GenePT-w (mine)", "GenePT-s (mine)", "random gene vectors", "gene names alone (mine)"),
            *("PCA", "scaled PCA"),
        }, question
    assert set(results["analysis"]) == {"association", "annotation", "batch", "phenotype", "transfer"}
    missing = results[results["value"].isna()]
    assert set(missing["representation"]) == {"GenePT-s (mine)", "gene names alone (mine)"}
    assert missing["note"].str.startswith("not computable: ").all()


def test_intervals_hold_the_mean_and_are_of_something(whole: Path) -> None:
    summary = pd.read_csv(whole / "summary.csv")
    scored = summary[summary["mean"].notna()]
    assert scored["low"].notna().all()
    assert (scored["low"] <= scored["high"]).all()
    accuracy = scored[scored["metric"] == "accuracy"]
    assert (
        (accuracy["low"] - 1e-9 <= accuracy["mean"]) & (accuracy["mean"] <= accuracy["high"] + 1e-9)
    ).all()
    assert summary["n_cells"][summary["analysis"] == "transfer"].dropna().unique().tolist() == [60]


def test_summary_is_of_the_results(whole: Path) -> None:
    results, summary = pd.read_csv(whole / "results.csv"), pd.read_csv(whole / "summary.csv")
    keys = ["dataset", "representation", "analysis", "method", "target", "split", "metric"]
    means = results.groupby(keys)["value"].mean()
    merged = summary.set_index(keys)["mean"]
    pd.testing.assert_series_equal(merged.sort_index(), means.sort_index(), check_names=False)


def test_embeddings_are_compared_with_every_baseline_and_control(whole: Path) -> None:
    differences = pd.read_csv(whole / "differences.csv")
    assert set(differences["representation"]) == {"GenePT-w (mine)"}
    assert set(differences["other"]) == {"PCA", "scaled PCA", "random gene vectors"}
    question = ["dataset", "analysis", "method", "target", "split", "metric"]
    means = pd.read_csv(whole / "summary.csv")[[*question, "representation", "mean"]]
    both = differences.merge(means).merge(
        means, left_on=[*question, "other"], right_on=[*question, "representation"]
    )
    assert len(both) == len(differences)
    np.testing.assert_allclose(both["difference"], both["mean_x"] - both["mean_y"])
    assert differences["low"].notna().all()


def test_predictions_say_what_they_hold_and_give_the_results(whole: Path) -> None:
    results = pd.read_csv(whole / "results.csv")
    seen = 0
    for path in (whole / "predictions").iterdir():
        said = json.loads(pq.read_schema(path).metadata[b"genept"])
        assert set(said) == {"dataset", "representation", "analysis", "method", "target", "split"}
        if said["analysis"] == "phenotype":
            # Scored together, not fold by fold.
            continue
        frame = pd.read_parquet(path)
        rows = results[
            (results[list(said)] == pd.Series(said)).all(axis=1) & (results["metric"] == "macro_f1")
        ]
        for (repeat, fold), part in frame.groupby(["repeat", "fold"]):
            (value,) = rows[(rows["repeat"] == repeat) & (rows["fold"] == fold)]["value"]
            known = class_scores(part["label"].to_numpy(), part["predicted"].to_numpy())
            assert value == pytest.approx(known["macro_f1"])
            seen += 1
    assert seen > 20


def test_clusters_are_kept_for_each_representation(whole: Path) -> None:
    said = [json.loads(pq.read_schema(path).metadata[b"genept"]) for path in (whole / "clusters").iterdir()]
    names = {one["representation"] for one in said if one["dataset"] == "first"}
    assert names == {"GenePT-w (mine)", "random gene vectors", "PCA", "scaled PCA"}


@pytest.mark.slow
def test_neither_rerun_nor_number_of_jobs_changes_a_number(tmp_path: Path) -> None:
    for n_jobs in (1, 2):
        folder = tmp_path / str(n_jobs)
        folder.mkdir()
        cells = labelled(make_cells(60), label="type", batch="batch")
        requested = Requested({"mine": make_genes()})
        score_cells(folder, make_sets([cells], requested), settings=CellSettings(), n_jobs=n_jobs)
    assert tables(tmp_path / "1") == tables(tmp_path / "2")
    names = sorted(path.name for path in (tmp_path / "1" / "predictions").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "2" / "predictions").iterdir())
    for name in names:
        one, other = (tmp_path / folder / "predictions" / name for folder in ("1", "2"))
        assert one.read_bytes() == other.read_bytes()
    results = pd.read_csv(tmp_path / "1" / "results.csv")
    repeated = results[(results["analysis"] == "annotation") & (results["split"] == "5 x 5 folds")]
    assert set(repeated["repeat"].dropna()) == {0, 1, 2, 3, 4}


def test_what_is_done_is_not_done_again(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(whole)

    def refuse(self: KeptCellJobs, job: object, scored: object) -> None:
        raise AssertionError("done again")

    monkeypatch.setattr(KeptCellJobs, "put", refuse)
    run(whole)
    assert tables(whole) == before


def test_a_damaged_record_is_done_again(whole: Path) -> None:
    before = tables(whole)
    record = min((whole / "jobs").iterdir())
    whole_record = record.read_text()
    record.write_text(whole_record[:40])
    run(whole)
    assert record.read_text() == whole_record
    assert tables(whole) == before


def test_another_version_is_done_again(monkeypatch: pytest.MonkeyPatch, whole: Path) -> None:
    before = {path.name: path.read_text() for path in (whole / "jobs").iterdir()}
    monkeypatch.setattr(jobs_module, "_VERSION", "another")
    run(whole)
    assert all(path.read_text() != before[path.name] for path in (whole / "jobs").iterdir())


def test_few_patients_have_no_interval(tmp_path: Path) -> None:
    adata = make_cells()
    adata.obs["patient"] = adata.obs["donor"].isin(["d0", "d1", "d2", "d3"]).map({True: "p", False: "q"})
    cells = labelled(adata, name="two", sample="donor", condition="state", patient="patient")
    summary = score_cells(tmp_path, make_sets([cells], Requested({})), settings=CellSettings(), n_jobs=1)
    assert set(summary["analysis"]) == {"phenotype"}
    assert summary["low"].isna().all()
    assert summary["note"].str.contains("2 patients are too few for an interval").all()


def test_clusters_against_the_phenotype_draw_patients(tmp_path: Path) -> None:
    adata = make_cells()
    adata.obs["patient"] = np.where(adata.obs["state"] == "ill", "p", "q")
    keys: dict[str, Any] = {"label": "type", "sample": "donor", "condition": "state"}
    widths = {}
    for name, given in (("nine", keys), ("two", keys | {"patient": "patient"})):
        sets = make_sets([labelled(adata, name=name, **given)], Requested({}))
        (tmp_path / name).mkdir()
        summary = score_cells(tmp_path / name, sets, settings=CellSettings(protocol="paper"), n_jobs=1)
        rows = summary[(summary["method"] == "k-means") & (summary["representation"] == "PCA")]
        rows = rows[rows["metric"] == "nmi"].set_index("analysis")
        widths[name] = rows["high"] - rows["low"]
        noted = rows["note"].str.contains("patients are too few")
        assert noted["phenotype"] == (name == "two")
        assert not noted["association"]
    assert widths["nine"].notna().all()
    assert np.isnan(widths["two"]["phenotype"])


# Bad requests: before anything is written.


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"label_key": "kind"}, UnknownNameError, "no column 'kind'"),
        ({"label_key": None}, ArgumentError, "nothing to be found"),
        ({"label_key": "type", "stored": ["X_no"]}, UnknownNameError, r"no obsm\['X_no'\]"),
        ({"label_key": "type", "methods": ["x"]}, ArgumentError, "the methods x"),
        ({"label_key": "type", "methods": ["w"]}, ArgumentError, "without gene embeddings"),
        ({"label_key": "type", "transfers": [("made", "made")]}, ArgumentError, "to itself"),
        ({"label_key": "type", "transfers": [("made", "x")]}, UnknownNameError, "data set 'x'"),
        ({"label_key": "type", "protocol": "kind"}, ArgumentError, "the protocol 'kind'"),
        ({"label_key": "type", "rng": -1}, ArgumentError, "rng=-1"),
        ({"label_key": "type", "layer": "no"}, UnknownNameError, "no layer 'no'"),
        ({"sample_key": "type", "condition_key": "state"}, ValuesError, "more than one condition"),
    ],
)
def test_bad_requests_leave_nothing(
    given: dict[str, object], error: type[Exception], said: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=said):
        benchmark_cells({"made": make_cells()}, tmp_path / "out", **given)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_run_that_breaks_off_leaves_no_page_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("jobs", "predictions"):
        (tmp_path / name).mkdir()
    (tmp_path / "report.html").write_text("of a run before")

    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cell_benchmark_module, "score_cells", break_off)
    with pytest.raises(KeyboardInterrupt):
        benchmark_cells({"made": make_cells()}, tmp_path, label_key="type", resume=True)
    assert not (tmp_path / "report.html").exists()


def test_the_same_cells_under_two_names_are_no_transfer(tmp_path: Path) -> None:
    cells, path = make_cells(), tmp_path / "cells.h5ad"
    cells.write_h5ad(path)
    roundabout = tmp_path / "out" / ".." / "cells.h5ad"
    for one, other in ((cells, cells), (path, str(roundabout))):
        with pytest.raises(ArgumentError, match="'a' to 'b', which are the same cells"):
            benchmark_cells(
                {"a": one, "b": other}, tmp_path / "out", label_key="type", transfers=[("a", "b")]
            )
    assert not (tmp_path / "out").exists()


def test_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no data set"):
        benchmark_cells({}, tmp_path / "out", label_key="type")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileError):
        benchmark_cells({"gone": tmp_path / "gone.h5ad"}, tmp_path / "out", label_key="type")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds mine\.txt"):
        benchmark_cells({"made": make_cells()}, tmp_path, label_key="type")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# The command line.


def test_the_command(call_genept: RunGenept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[Path] = []
    monkeypatch.setattr("genept.benchmark.report.write_cell_report", reported.append, raising=False)
    make_cells().write_h5ad(tmp_path / "cells.h5ad")
    other = make_cells(60, seed=3)
    other.obs = other.obs.rename(columns={"type": "kind"})
    other.write_h5ad(tmp_path / "second.h5ad")
    write_embeddings(make_genes(), tmp_path / "genes.h5ad")
    ended = call_genept(
        *("benchmark", "cells", "one=cells.h5ad", "second.h5ad", "--label-key", "type"),
        *("--label-key", "second=kind", "--genes", "mine=genes.h5ad", "--method", "w", "--jobs", "1"),
        *("--protocol", "paper", "--train", "one", "--test", "second", "--json", "-o", "out"),
    )
    assert ended.returncode == 0, ended.stderr
    summary = pd.DataFrame(json.loads(ended.stdout)["summary"])
    assert set(summary["dataset"]) == {"one", "second"}
    assert set(summary["split"]) == {"none", "80/20", "train one, test second"}
    assert reported == [Path("out")]
    said = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert said["data sets"]["second"]["columns"] == {"label": "kind"}
    assert said["data sets"]["one"]["file"] == "cells.h5ad"
    assert said["transfers"] == [{"train": "one", "test": "second"}]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--train", "one"], "--train without --test"),
        (["--test", "one"], "--test without --train"),
        (["--label-key", "a", "--label-key", "b"], "--label-key for all data sets twice: a, b"),
        (["--label-key", "two=a"], "a label key for two"),
    ],
)
def test_options_that_mean_nothing(call_genept: RunGenept, args: list[str], said: str) -> None:
    ended = call_genept("benchmark", "cells", "one=cells.h5ad", "-o", "out", *args)
    assert ended.returncode == 1
    assert said in ended.stderr


def test_two_data_sets_of_one_name(call_genept: RunGenept) -> None:
    ended = call_genept("benchmark", "cells", "a/cells.h5ad", "b/cells.h5ad", "--label-key", "t", "-o", "out")
    assert ended.returncode == 1
    assert "two data sets named 'cells'" in ended.stderr
