"""The page of the gene benchmark: its numbers are the files' numbers, and its words follow from them."""

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from genept.benchmark.predictions import Predicted, list_predictions, read_folds, write_predictions
from genept.benchmark.report import write_gene_report
from genept.benchmark.report.gene_comparisons import compare_with_controls, count_outcomes
from genept.benchmark.report.gene_figures import class_sizes
from genept.benchmark.report.gene_files import GeneResults, read_gene_results
from genept.benchmark.report.gene_gaps import find_gaps
from genept.errors import ArgumentError, InputFileError, MissingDataError, MissingDependencyError
from tests.benchmark_genes.read_page import Found, assert_self_contained, read_page
from tests.benchmark_genes.report_folder import NO_MATRIX, REPRESENTATIONS, TASKS, TOO_FEW, Task, make_folder

BY_NAME = {task.name: task for task in TASKS}
FEW = (
    BY_NAME["dosage_sensitivity"],
    BY_NAME["tf_range_geneformer"],
    Task("ggi", "Gene-gene interaction", 200, ("interacting", "not"), 0.3, ("sum", "mean")),
    Task("functional_class", "Functional class", 300, ("protein coding", "RNA, long", "pseudogene")),
)
TINY = Task("one", "One", 40, ("in", "out"))

Copy = Callable[[], Path]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four tasks with its report."""
    folder = make_folder(tmp_path_factory.mktemp("genes") / "out", tasks=FEW)
    assert write_gene_report(folder) == folder / "report.html"
    return folder


@pytest.fixture(scope="module")
def page(written: Path) -> Found:
    return read_page(written / "report.html")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one task that no figure can be drawn of, so that its report is quick."""
    return make_folder(tmp_path_factory.mktemp("bare") / "out", tasks=FEW[1:2])


@pytest.fixture
def copy(bare: Path, tmp_path: Path) -> Copy:
    return lambda: Path(shutil.copytree(bare, tmp_path / "copy"))


def edit(folder: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    path = folder / f"{name}.csv"
    change(pd.read_csv(path, keep_default_na=False, dtype=str)).to_csv(path, index=False)


def add(row: dict[str, str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: pd.concat([frame, pd.DataFrame([row])], ignore_index=True).fillna("")


# The page


def test_the_page_is_self_contained_and_holds_every_figure(written: Path, page: Found) -> None:
    assert_self_contained(written / "report.html")
    figures = sorted(path.name for path in written.glob("*.png"))
    assert figures == [
        "confusion.functional_class.lsa.logistic_regression.png",
        "confusion.functional_class.minilm.logistic_regression.png",
        "roc.dosage_sensitivity.logistic_regression.png",
        "roc.dosage_sensitivity.random_forest.png",
        "roc.ggi.logistic_regression.png",
        "roc.ggi.random_forest.png",
        "scores.dosage_sensitivity.roc_auc.png",
        "scores.functional_class.accuracy.png",
        "scores.functional_class.balanced_accuracy.png",
        "scores.ggi.roc_auc.png",
    ]
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == len(figures)
    assert all(image["alt"] for image in images)
    assert not plt.get_fignums()


@pytest.mark.parametrize("task", FEW, ids=lambda task: task.name)
def test_scores_in_the_page_are_those_of_the_file(written: Path, page: Found, task: Task) -> None:
    summary = pd.read_csv(written / "summary.csv", keep_default_na=False)
    rows = summary[(summary["task"] == task.name) & summary["features"].isin(["", "sum"])]
    header, *shown = page.table(f"{task.title}: scores" + (" of the pairs" if task.features[0] else ""))
    assert len(shown) == len(rows)
    for said, (_, row) in zip(
        (dict(zip(header, one, strict=True)) for one in shown), rows.iterrows(), strict=True
    ):
        assert said["representation"] == row["embedding"]
        assert said["kind"] == row["kind"]
        assert said["classifier"] == row["classifier"].replace("_", " ")
        if row["mean"] == "":
            assert said["mean"] == "not computed"
            assert said["note"] == row["note"] != ""
            continue
        assert said["mean"] == f"{float(row['mean']):.3f}"
        assert said["95 % interval"] == f"{float(row['low']):.3f} to {float(row['high']):.3f}"
        assert said["SD of folds"] == f"{float(row['sd']):.3f}"


def test_other_features_differences_and_leakage_are_there(written: Path, page: Found) -> None:
    header, *rows = page.table("Gene-gene interaction: scores of other features")
    assert {row[header.index("features")] for row in rows} == {"mean"}
    differences = pd.read_csv(written / "differences.csv", keep_default_na=False)
    mine = differences[differences["task"] == "dosage_sensitivity"]
    header, *rows = page.table("Dosage sensitivity of transcription factors: 36 paired")
    assert len(rows) == len(mine)
    assert [row[header.index("difference")] for row in rows] == [
        f"{float(d):+.3f}" for d in mine["difference"]
    ]
    assert {row[header.index("p")] for row in rows} <= {"<0.001", "0.200"}
    leakage = pd.read_csv(written / "leakage.csv")
    header, *rows = page.table("Functional class: words of the labels")
    mine = leakage[leakage["task"] == "functional_class"]
    assert [row[header.index("share")] for row in rows] == [f"{100 * share:.1f} %" for share in mine["share"]]


def test_the_overview_shows_every_task_with_logistic_regression(written: Path, page: Found) -> None:
    summary = pd.read_csv(written / "summary.csv", keep_default_na=False)
    header, *rows = page.table("Mean over folds in each task")
    assert [row[0] for row in rows] == [task.title for task in FEW]
    for task, row in zip(FEW, rows, strict=True):
        assert row[1] == ("accuracy" if len(task.classes) > 2 else "ROC AUC")
        metric = "accuracy" if len(task.classes) > 2 else "roc_auc"
        for name, said in zip(header[2:], row[2:], strict=True):
            mean = summary.loc[
                (summary["task"] == task.name)
                & (summary["embedding"] == name)
                & (summary["classifier"] == "logistic_regression")
                & (summary["metric"] == metric)
                & summary["features"].isin(["", "sum"]),
                "mean",
            ].item()
            assert said == ("not computed" if mean == "" else f"{float(mean):.3f}")


def test_what_tasks_are_is_said_from_the_labels(page: Found) -> None:
    sizes = np.bincount([0, 1] + [int(x) for x in np.random.default_rng(0).choice(2, size=448, p=[0.3, 0.7])])
    assert (
        f"Task dosage_sensitivity, version 1. Classes: sensitive {sizes[0]}, other {sizes[1]}. "
        "Labels: listed 467, found 455, lost 12, repeated 3, conflicting 2, kept 450."
    ) in page.text


def test_published_numbers_stand_beside_ours(written: Path, page: Found) -> None:
    header, *rows = page.table("Published scores")
    assert [row[:2] for row in rows] == [["Dosage sensitivity of transcription factors", "GenePT"]]
    summary = pd.read_csv(written / "summary.csv")
    lsa = summary[(summary["task"] == "dosage_sensitivity") & (summary["embedding"] == "lsa")]
    ours = lsa[lsa["classifier"] == "logistic_regression"]
    assert rows[0][header.index("value")] == "0.889"
    said = rows[0][header.index("lsa, here")]
    low, high = float(ours["low"].iloc[0]), float(ours["high"].iloc[0])
    assert said == f"{float(ours['mean'].iloc[0]):.3f} ({low:.3f} to {high:.3f})"


def test_what_could_not_be_computed_is_named_with_its_reason(page: Found) -> None:
    assert f"{NO_MATRIX}: PCA of expression, in 4 tasks" in page.text
    assert (
        f"{TOO_FEW}: 7 representations, in “Range of transcription factors (Geneformer)” (13 scores)"
        in page.text
    )
    header, *rows = page.table("that could not be computed")
    assert {row[header.index("reason")] for row in rows} == {NO_MATRIX, TOO_FEW}
    assert {row[header.index("folds missing")] for row in rows} == {"all"}


# The head follows from the numbers


def test_victories_are_counted_from_the_paired_differences(written: Path, page: Found) -> None:
    """Counted again by loops over the file."""
    with (written / "differences.csv").open() as file:
        differences = pd.read_csv(file, keep_default_na=False).to_dict("records")
    above = Counter[tuple[str, str]]()
    for row in differences:
        first = row["metric"] in ("roc_auc", "accuracy") and row["features"] in ("", "sum")
        if first and row["classifier"] == "logistic_regression":
            above[row["embedding"], row["other"]] += float(row["low"]) > 0
            above[row["other"], row["embedding"]] += float(row["high"]) < 0
    for name, _, _, _ in REPRESENTATIONS[:2]:
        for control, kind, about, _ in REPRESENTATIONS[2:-1]:
            assert kind == "control"
            if about in ("", name):
                said = f"{control} in {above[name, control] or 'none'} of 3 tasks"
                sentence = re.search(rf"{name} scores above ([^.]*)\.", page.text)
                assert sentence is not None
                assert said in sentence[1]
    assert "Not compared with PCA of expression." in page.text
    assert "lsa and gene names alone (minilm)" not in page.text


def compared(folder: Path) -> pd.DataFrame:
    return compare_with_controls(read_gene_results(folder))


def test_differences_may_be_written_either_way_round(written: Path, tmp_path: Path) -> None:
    turned = Path(shutil.copytree(written, tmp_path / "turned"))

    def turn(frame: pd.DataFrame) -> pd.DataFrame:
        numbers = frame[["low", "high"]].astype(float)
        names = {"embedding": frame["other"], "other": frame["embedding"]}
        return frame.assign(low=-numbers["high"], high=-numbers["low"], **names)

    edit(turned, "differences", turn)
    pd.testing.assert_frame_equal(compared(turned), compared(written))
    assert compared(written)["paired"].any()


def test_the_head_says_how_far_intervals_hold_for_random_vectors(written: Path, page: Found) -> None:
    summary = pd.read_csv(written / "summary.csv")
    random = summary[summary["embedding"].eq("random vectors") & summary["metric"].eq("roc_auc")].dropna(
        subset="low"
    )
    n = int(((random["low"] > 0.5) | (random["high"] < 0.5)).sum())
    assert f"random vectors leave out 0.5 in {n or 'none'} of {len(random)} scores" in page.text


def test_an_interval_without_a_small_p_value_decides_nothing(written: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(written, tmp_path / "p"))
    before = compared(folder)
    edit(folder, "differences", lambda frame: frame.assign(p_value="0.05"))
    assert set(compared(folder).loc[before["paired"], "outcome"]) == {"no clear difference"}
    edit(folder, "differences", lambda frame: frame.assign(p_value=""))
    pd.testing.assert_frame_equal(compared(folder), before)
    assert "above" in set(before["outcome"])


def test_without_paired_differences_intervals_must_not_overlap(written: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(written, tmp_path / "unpaired"))
    edit(folder, "differences", lambda frame: frame[:0])
    rows = compared(folder)
    assert not rows["paired"].any()
    summary = pd.read_csv(folder / "summary.csv", keep_default_na=False)
    for _, row in rows[rows["outcome"] != "not computed"].iterrows():
        mine, other = (
            summary[
                (summary["task"] == row["task"])
                & (summary["embedding"] == name)
                & (summary["classifier"] == row["classifier"])
                & (summary["metric"] == row["metric"])
                & summary["features"].isin(["", "sum"])
            ].iloc[0]
            for name in (row["embedding"], row["control"])
        )
        expected = "no clear difference"
        if float(mine["low"]) > float(other["high"]):
            expected = "above"
        elif float(mine["high"]) < float(other["low"]):
            expected = "below"
        assert row["outcome"] == expected
    assert {"above", "no clear difference"} <= set(rows["outcome"])
    counts = count_outcomes(rows)
    assert (
        counts[["above", "no clear difference", "below", "not computed"]].sum(axis=1) == counts["tasks"]
    ).all()
    assert (counts["tasks"] == 4).all()


def test_leakage_names_the_largest_share_and_the_largest_loss(page: Found) -> None:
    assert (
        "Largest leakage: in “Functional class”, 20.0 % of the class “protein coding” (20 of 100) have a "
        "word of the labels in their text (dosage, haploinsufficien*). Masking such words costs most in "
        "“Dosage sensitivity of transcription factors”"
    ) in page.text


# Less than everything


def test_one_task_one_embedding_no_control_and_a_hostile_name(tmp_path: Path) -> None:
    evil = "<script>alert('x')</script> & \"../..\""
    task = Task(evil, f"Title {evil}", 40, ("in", "out"))
    folder = make_folder(tmp_path / "out", tasks=[task], representations=[(evil, "embedding", "", 1.0)])
    write_gene_report(folder)
    assert_self_contained(folder / "report.html")
    found = read_page(folder / "report.html")
    assert "No embedding could be set beside a control" in found.text
    assert found.text.count(f"Title {evil}") > 5
    assert len(list(folder.glob("*.png"))) == 3
    assert not list(tmp_path.glob("*.png"))


def test_a_rerun_writes_the_same_bytes_whatever_the_users_settings(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "out", tasks=[TINY], representations=REPRESENTATIONS[:2])
    files = [write_gene_report(folder), *sorted(folder.glob("*.png"))]
    first = [path.read_bytes() for path in files]
    with mpl.rc_context({"font.size": 31, "axes.facecolor": "black", "lines.linewidth": 9}):
        write_gene_report(folder)
        assert mpl.rcParams["font.size"] == 31
    assert len(files) == 4
    assert [path.read_bytes() for path in files] == first


def test_a_map_of_the_genes_is_shown_where_there_is_one(written: Path, copy: Copy) -> None:
    folder = copy()
    # One that another run left, of a task that isn't here.
    shutil.copy(written / "scores.ggi.roc_auc.png", folder / "umap.functional_class.minilm.png")
    assert "Map of the genes" not in read_page(write_gene_report(folder)).text
    shutil.copy(written / "scores.ggi.roc_auc.png", folder / "umap.tf_range_geneformer.minilm.png")
    assert "genes in two dimensions (UMAP) by minilm" in read_page(write_gene_report(folder)).text


def test_long_titles_in_capitals_are_drawn_whole(tmp_path: Path) -> None:
    title = "Genes of HALLMARK_TNFA_SIGNALING_VIA_NFKB against the other genes of hallmarks.gmt"
    folder = make_folder(tmp_path / "out", tasks=[Task("long", title, 40, ("in", "out"))])
    write_gene_report(folder)
    for path in folder.glob("*.png"):
        assert (mpl.image.imread(path)[:, -2:, :3] == 1).all(), path.name


def test_predictions_that_no_score_is_made_of_any_more_are_not_drawn(written: Path, tmp_path: Path) -> None:
    """A run that goes on with other input may leave some."""
    folder = Path(shutil.copytree(written, tmp_path / "stale"))
    key = Predicted("dosage_sensitivity", "TF-IDF of the texts", "logistic_regression")
    assert key in read_gene_results(folder).predictions

    def without_its_score(frame: pd.DataFrame) -> pd.DataFrame:
        mine = frame["task"].eq(key.task) & frame["embedding"].eq(key.embedding)
        mine &= frame["classifier"].eq(key.classifier)
        return frame.assign(mean=frame["mean"].mask(mine, ""))

    edit(folder, "summary", without_its_score)
    found = read_gene_results(folder).predictions
    assert set(list_predictions(folder / "predictions")) - set(found) == {key}


def test_without_predictions_the_page_says_so(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "out", tasks=[TINY], representations=REPRESENTATIONS[:2])
    shutil.rmtree(folder / "predictions")
    found = read_page(write_gene_report(folder))
    assert "There are no predictions of this task" in found.text
    assert len(list(folder.glob("*.png"))) == 1


def test_a_representation_that_was_never_made_is_named_once(copy: Copy) -> None:
    folder = copy()
    row = {"embedding": "PCA", "kind": "control", "note": "not computable: no matrix", "n_values": "0"}
    edit(folder, "summary", add(row))
    found = read_page(write_gene_report(folder))
    assert "no matrix: PCA, in all tasks (1 score)" in found.text
    assert ["all", "PCA", "", "", "all", "no matrix"] in [
        [row[i] for i in (0, 1, 2, 3, -2, -1)] for row in found.table("that could not be computed")
    ]


def test_single_folds_that_are_missing_are_counted(written: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(written, tmp_path / "folds"))

    def empty(frame: pd.DataFrame) -> pd.DataFrame:
        chosen = (frame["embedding"] == "lsa") & (frame["task"] == "ggi") & frame["fold"].isin(["1.0", "3.0"])
        frame.loc[chosen & (frame["features"] == "sum"), ["value", "note"]] = ["", "one class only"]
        return frame

    edit(folder, "results", empty)
    gaps = find_gaps(read_gene_results(folder))
    folds = gaps[gaps["folds missing"].notna()]
    assert list(folds["folds missing"]) == [2, 2]  # two classifiers
    assert set(folds["reason"]) == {"one class only"}
    assert set(folds["embedding"]) == {"lsa"}


def test_a_task_of_labels_alone_is_shown(copy: Copy) -> None:
    folder = copy()
    row = {"task": "later", "title": "A later task", "note": "No gene of it is known."}
    edit(folder, "labels", add(row))
    text = read_page(write_gene_report(folder)).text
    assert "A later task Task later. No gene of it is known. Nothing was scored." in text


# Files of predictions


def test_predictions_come_back_fold_by_fold(tmp_path: Path) -> None:
    what = Predicted("a/b", "<i>", "random_forest", "sum")
    frame = pd.DataFrame(
        {"repeat": [0, 1, 0, 1], "fold": [1, 0, 0, 0], "first": 0, "second": 1, "label": [0, 1, 0, 1]}
    ).assign(score=[0.1, 0.2, 0.3, 0.4])
    path = write_predictions(tmp_path, what, frame)
    assert list_predictions(tmp_path) == {what: path}
    assert [list(fold["score"]) for fold in read_folds(path)] == [[0.3], [0.1], [0.2, 0.4]]
    with pytest.raises(ArgumentError, match="either score or predicted"):
        write_predictions(tmp_path, what, frame.drop(columns="score"))


def test_classes_are_read_in_order_whatever_their_names(written: Path) -> None:
    results = read_gene_results(written)
    assert [name for name, _ in class_sizes(results, "functional_class")] == list(FEW[3].classes)
    labels = results.labels.assign(classes="type 1 10, type, 2 1,234, 3 5")
    changed = GeneResults(**{**vars(results), "labels": labels})
    assert class_sizes(changed, "ggi") == [("type 1", 10), ("type, 2", 1234), ("3", 5)]


# What is wrong with a folder


@pytest.mark.parametrize(
    "name", ["results.csv", "summary.csv", "differences.csv", "labels.csv", "leakage.csv", "provenance.json"]
)
def test_a_missing_file_is_named(copy: Copy, name: str) -> None:
    folder = copy()
    (folder / name).unlink()
    with pytest.raises(MissingDataError, match=f"no {name} in"):
        write_gene_report(folder)
    assert not (folder / "report.html").exists()


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"no results\.csv in"):
        write_gene_report(tmp_path / "no")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("summary.csv", "task,embedding\n", "without the columns kind, about"),
        ("summary.csv", "", "is no table"),
        ("provenance.json", "{", "is no JSON"),
        ("provenance.json", "[]", "with list"),
        ("provenance.json", json.dumps({"published": [{"task": "ggi"}]}), "'published'"),
        ("predictions/a.parquet", "no Parquet", "isn't a file of predictions"),
    ],
)
def test_damaged_files_are_named(copy: Copy, name: str, content: str, found: str) -> None:
    folder = copy()
    (folder / "predictions").mkdir(exist_ok=True)
    (folder / name).write_text(content)
    with pytest.raises(InputFileError, match=found) as error:
        write_gene_report(folder)
    assert Path(name).name in str(error.value)


def test_text_where_numbers_stand_and_no_scores(copy: Copy) -> None:
    folder = copy()
    edit(folder, "leakage", lambda frame: frame.assign(share="many"))
    with pytest.raises(InputFileError, match="text in the column share"):
        write_gene_report(folder)
    edit(folder, "leakage", lambda frame: frame.assign(share="0.0"))
    assert "no text holds any of the words" in read_page(write_gene_report(folder)).text
    edit(folder, "leakage", lambda frame: frame.assign(share=""))
    assert "leakage isn't known" in read_page(write_gene_report(folder)).text
    edit(folder, "summary", lambda frame: frame[:0])
    with pytest.raises(InputFileError, match=r"summary\.csv without a row"):
        write_gene_report(folder)


def test_without_matplotlib(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependencyError, match=r"genept\[plot\]"):
        write_gene_report(folder)


def test_names_that_look_missing_are_names(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path / "out",
        tasks=[Task("NA", "null", 9, ("a", "b"))],
        representations=[("NaN", "embedding", "", 1.0)],
    )
    results = read_gene_results(folder)
    assert (results.tasks, results.names("embedding")) == (["NA"], ["NaN"])


@pytest.mark.slow
def test_thirteen_tasks_eight_representations_two_classifiers(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "out", repeats=2)
    write_gene_report(folder)
    assert_self_contained(folder / "report.html")
    found: Any = read_page(folder / "report.html")
    assert sum(tag == "section" for tag, _ in found.tags) == len(TASKS) + 3
    # Twelve tasks with charts (one with two), eleven with two figures of curves, one with two matrices.
    assert sum(tag == "img" for tag, _ in found.tags) == 13 + 22 + 2
