"""The page of the cell benchmark: its numbers are the files' numbers, and its words follow from them."""

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genept.benchmark.report import Page, Section, render_page, write_cell_report
from genept.benchmark.report.cell_choices import HEADLINES, QUESTIONS, rows_of
from genept.benchmark.report.cell_comparisons import compare, say_difference
from genept.benchmark.report.cell_dataset import dataset_section
from genept.benchmark.report.cell_files import Predictions, read_cell_results
from genept.benchmark.report.cell_gaps import find_gaps
from genept.benchmark.report.cell_head import head
from genept.benchmark.report.cell_tables import gaps_table, wide_table
from genept.errors import InputFileError, MissingDataError, MissingDependencyError
from tests.benchmark_cells.report_folder import (
    DATA_SETS,
    NO_HARMONY,
    REPRESENTATIONS,
    Cells,
    DataSet,
    Representation,
    make_folder,
)
from tests.benchmark_genes.read_page import Found, assert_self_contained, read_page

PBMC, ISLETS, TUMOUR, CONFOUNDED = DATA_SETS
TINY = DataSet("tiny", 40, ("a", "b"))
PCA = "PCA"
Copy = Callable[[], Path]


FEW = (REPRESENTATIONS[0], REPRESENTATIONS[4])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two data sets, with batches, transfer and a missing baseline."""
    return make_folder(tmp_path_factory.mktemp("cells") / "out", data_sets=(PBMC, ISLETS))


@pytest.fixture(scope="module")
def page(folder: Path) -> Found:
    return undrawn(folder)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("bare") / "out", data_sets=(TINY,), representations=FEW)


@pytest.fixture(scope="module")
def written(bare: Path) -> Path:
    """A folder of one small data set with its report and figures."""
    assert write_cell_report(bare) == bare / "report.html"
    return bare


def undrawn(folder: Path) -> Found:
    """What the page says, without its figures, which take most of the time."""
    results = read_cell_results(folder)
    parts = [dataset_section(results, name, drawn=False) for name in results.datasets]
    tables = [table for one in QUESTIONS if (table := wide_table(results, one)) is not None]
    gaps = Section("gaps", [gaps_table(find_gaps(results))])
    return read_page(render_page(Page("cells", head(results), [Section("overview", tables), *parts, gaps])))


@pytest.fixture
def copy(bare: Path, tmp_path: Path) -> Copy:
    drawn = shutil.ignore_patterns("*.png", "*.html")
    return lambda: Path(shutil.copytree(bare, tmp_path / "copy", ignore=drawn))


def edit(folder: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    path = folder / f"{name}.csv"
    change(pd.read_csv(path, keep_default_na=False, dtype=str)).to_csv(path, index=False)


def score(folder: Path, dataset: str, name: str, **asked: str) -> pd.Series:
    summary = pd.read_csv(folder / "summary.csv", keep_default_na=False)
    chosen = summary[(summary["dataset"] == dataset) & (summary["representation"] == name)]
    for column, value in asked.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


# The page


def test_the_page_is_self_contained_and_holds_every_figure(written: Path) -> None:
    assert_self_contained(written / "report.html")
    found = read_page(written / "report.html")
    images = [attributes for tag, attributes in found.tags if tag == "img"]
    assert all(image["alt"] for image in images)
    drawn = Counter(path.name.split(".")[0] for path in written.glob("*.png"))
    assert drawn == {"overview": 2, "clusters": 2, "confusion": 2, "scores": 3}
    assert len(images) == 9
    assert not plt.get_fignums()


def test_scores_in_the_page_are_those_of_the_file(folder: Path, page: Found) -> None:
    header, *rows = page.table("pbmc: clusters against the labels")
    assert header == ["representation", "kind", "ARI", "AMI", "NMI"]
    assert [row[0] for row in rows[:4]] == ["GenePT-w (minilm)", "GenePT-s (minilm)", "PCA", "scaled PCA"]
    for row in rows:
        for said, metric in zip(row[2:], ("ari", "ami", "nmi"), strict=True):
            one = score(folder, "pbmc", row[0], analysis="association", method="k-means", metric=metric)
            if one["mean"] == "":
                assert said == "not computed"
                continue
            low, high = (f"{float(one[end]):.3f}" for end in ("low", "high"))
            assert said == f"{float(one['mean']):.3f} ({low} to {high})"
    everything = page.table("pbmc: 105 scores")
    assert len(everything) == 1 + 105
    differences = pd.read_csv(folder / "differences.csv")
    n = int((differences["dataset"] == "pbmc").sum())
    header, *rows = page.table(f"pbmc: {n} paired differences")
    mine = differences[differences["dataset"] == "pbmc"]
    assert [row[header.index("difference")] for row in rows] == [f"{d:+.3f}" for d in mine["difference"]]


def test_annotation_has_a_table_for_each_split(page: Found) -> None:
    header, *rows = page.table("islets: annotation, 2 x 5 folds")
    assert header[3:] == ["accuracy", "macro F1", "balanced accuracy", "macro precision", "macro recall"]
    assert [row[2] for row in rows] == ["10-NN"] * 7 + ["logistic regression"] * 7
    assert len(page.table("islets: annotation, leave out one tech")) == 15
    assert len(page.table("islets: annotation, train pbmc, test islets, 10-NN")) == 8


def test_the_overview_has_every_data_set_and_representation(folder: Path, page: Found) -> None:
    header, *rows = page.table("k-means ARI of each representation in each data set")
    assert [row[0] for row in rows] == ["pbmc", "islets"]
    for row in rows:
        for name, said in zip(header[1:], row[1:], strict=True):
            one = score(folder, row[0], name, analysis="association", method="k-means", metric="ari")
            assert said == ("not computed" if one["mean"] == "" else f"{float(one['mean']):.3f}")
    assert page.table("10-NN accuracy of each representation in each data set, 2 x 5 folds")


def test_batches_are_said_to_be_good_when_low(page: Found) -> None:
    assert "islets: clusters against tech: low is good" in " ".join(page.tables)
    said = "ARI of k-means clusters to the batch (low is good) and to the label (high is good)"
    assert said in page.text
    assert "islets: mixing of tech, by scib-metrics" in " ".join(page.tables)


def test_what_columns_hold_is_said(page: Found) -> None:
    sizes = pd.Series(Cells(ISLETS, 1).labels).value_counts()
    classes = ", ".join(f"{name} {size}" for name, size in sizes.items())
    assert f"Label celltype, 3 values: {classes}. Left out: 3 cells without one." in page.text
    assert "Batch tech, 2 values" in page.text


# The head follows from the numbers


@pytest.mark.parametrize("other", [PCA, "random gene vectors"])
def test_the_head_says_what_is_better_and_by_how_much(folder: Path, page: Found, other: str) -> None:
    """Said again by loops over the file."""
    differences = pd.read_csv(folder / "differences.csv", keep_default_na=False).to_dict("records")
    header, *rows = page.table(f"GenePT-w (minilm) and {other}, in this order")
    assert header == ["data set", "k-means ARI", "by k-means ARI", "10-NN accuracy", "by 10-NN accuracy"]
    outcomes = set()
    for row in rows:
        for said, method, metric in ((row[2], "k-means", "ari"), (row[4], "10-NN cosine", "accuracy")):
            (one,) = [
                each
                for each in differences
                if (each["dataset"], each["representation"], each["other"])
                == (row[0], "GenePT-w (minilm)", other)
                and (each["method"], each["metric"]) == (method, metric)
                and each["analysis"] in ("association", "annotation")
                and each["split"] in ("none", "2 x 5 folds")
            ]
            low, high = float(one["low"]), float(one["high"])
            if low > 0:
                assert said.startswith("GenePT-w (minilm) is better by 0.")
            elif high < 0:
                assert said.startswith(f"{other} is better by 0.")
                assert f"{-one['difference']:.2f} ({-high:.2f} to {-low:.2f})" in said
            else:
                assert said.startswith("can't be told apart")
            outcomes.add(said[:5])
    assert len(outcomes) == 2


def test_the_head_counts_data_sets(page: Found) -> None:
    text = page.text
    assert "Does an embedding do better than PCA of the same expression?" in text
    assert "GenePT-w (minilm) and PCA: by k-means ARI, PCA is better in 1 of 2 data sets (by 0.27)" in text
    assert "GenePT-w (minilm) and random gene vectors: by k-means ARI, GenePT-w (minilm) is better in" in text
    assert "GenePT-w (minilm) and gene names alone (minilm): by" in text
    # Sentences aren't a weighted average: random vectors are no control of theirs.
    assert "GenePT-s (minilm) and random gene vectors" not in text


def test_labels_carried_across_data_sets_are_in_the_head(page: Found) -> None:
    assert "Are labels found in another data set? By 10-NN accuracy" in page.text
    assert "train pbmc, test islets: GenePT-w (minilm) and PCA (" in page.text
    assert "; and random gene vectors (" in page.text


def test_phenotypes_and_confounding_are_in_the_head(tmp_path: Path) -> None:
    few = [*FEW, Representation("random gene vectors", "control", 0.2)]
    folder = make_folder(tmp_path / "out", data_sets=(TUMOUR, CONFOUNDED), representations=few)
    text = undrawn(folder).text
    assert "tumour, response, 12 patients, by ROC AUC (logistic regression by sample mean): GenePT-w" in text
    assert text.count(f"confounded: {CONFOUNDED.note}.") == 1
    assert "Batch tech, 2 values: V2 cells" not in text
    assert "Split by patient (12 of them)" in text


def test_an_interval_that_holds_chance_is_said_to(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "out", data_sets=(TUMOUR,), representations=FEW)
    edit(
        folder,
        "summary",
        lambda frame: frame.assign(low=frame["low"].where(frame["metric"] != "roc_auc", "0.4")),
    )
    assert "which doesn't exclude chance, 0.50" in undrawn(folder).text
    assert "rough with so few patients" not in undrawn(folder).text


def test_an_interval_over_few_patients_is_called_rough(tmp_path: Path) -> None:
    few = DataSet("few", 60, ("a", "b"), n_patients=6)
    folder = make_folder(tmp_path / "out", data_sets=(few,), representations=FEW)
    assert "rough with so few patients" in undrawn(folder).text


def test_differences_may_be_written_either_way_round(folder: Path, tmp_path: Path) -> None:
    turned = Path(shutil.copytree(folder, tmp_path / "turned"))

    def turn(frame: pd.DataFrame) -> pd.DataFrame:
        numbers = -frame[["difference", "low", "high"]].replace("", "nan").astype(float)
        names = {"representation": frame["other"], "other": frame["representation"]}
        return frame.assign(
            difference=numbers["difference"], low=numbers["high"], high=numbers["low"], **names
        )

    edit(turned, "differences", turn)
    pair = "GenePT-w (minilm)", PCA
    for dataset in ("pbmc", "islets"):
        for question in HEADLINES:
            before, after = (
                compare(read_cell_results(one), dataset, question, pair) for one in (folder, turned)
            )
            assert before == after
            assert before is not None


def test_without_paired_differences_nothing_is_better(folder: Path, tmp_path: Path) -> None:
    unpaired = Path(shutil.copytree(folder, tmp_path / "unpaired"))
    edit(unpaired, "differences", lambda frame: frame[:0])
    compared = compare(read_cell_results(unpaired), "pbmc", HEADLINES[0], ("GenePT-w (minilm)", PCA))
    assert compared is not None
    assert compared.outcome == "no interval"
    assert compared.said().startswith("PCA is higher by 0.")
    assert compared.said().endswith("without an interval")


@given(st.floats(-1, 1), st.floats(0, 0.5), st.floats(0, 0.5))
def test_words_follow_the_interval(middle: float, below: float, above: float) -> None:
    low, high = middle - below, middle + above
    said = say_difference("one", "other", (middle, low, high))
    assert said.startswith(
        "one is better by " if low > 0 else "other is better by " if high < 0 else "can't be"
    )


def test_words_for_no_difference_and_for_names_in_the_plural() -> None:
    nan = float("nan")
    assert say_difference("one", "PCA", (0.0, nan, nan)) == "no difference, and no interval"
    said = say_difference("GenePT-w (a)", "random gene vectors (a)", (-0.2, -0.3, -0.1))
    assert said == "random gene vectors (a) are better by 0.20 (0.10 to 0.30)"
    assert say_difference("PCA", "gene names alone (a)", (-0.2, nan, nan)).startswith(
        "gene names alone (a) are"
    )


def test_what_should_be_known_of_a_split_is_said(folder: Path, tmp_path: Path) -> None:
    noted = Path(shutil.copytree(folder, tmp_path / "noted"))
    note = "7 cells of labels that pbmc lacks aren't tested"
    edit(
        noted,
        "summary",
        lambda frame: frame.assign(note=frame["note"].where(frame["analysis"] != "transfer", note)),
    )
    assert f"To be known: {note}." in undrawn(noted).text


def test_the_main_split_is_one_over_all_cells(folder: Path, tmp_path: Path) -> None:
    assert set(rows_of(read_cell_results(folder), "islets", HEADLINES[1])["split"]) == {"2 x 5 folds"}
    turned = Path(shutil.copytree(folder, tmp_path / "turned"))
    edit(turned, "summary", lambda frame: frame[::-1])
    assert set(rows_of(read_cell_results(turned), "islets", HEADLINES[1])["split"]) == {"2 x 5 folds"}


def test_what_could_not_be_computed_is_named_with_its_reason(page: Found) -> None:
    assert f"{NO_HARMONY}: Harmony-corrected PCA, in “pbmc” (15 scores)" in page.text
    header, *rows = page.table("that could not be computed")
    assert {row[header.index("reason")] for row in rows} == {NO_HARMONY}
    assert len(rows) == 15


# Less than everything


def test_one_data_set_no_baseline_and_a_hostile_name(tmp_path: Path) -> None:
    evil = "<script>alert('x')</script> & \"../..\""
    cells = DataSet(evil, 40, (evil, "b"))
    folder = make_folder(
        tmp_path / "out", data_sets=[cells], representations=[Representation(evil, "embedding", 0.8)]
    )
    write_cell_report(folder)
    assert_self_contained(folder / "report.html")
    text = read_page(folder / "report.html").text
    assert "No embedding could be set beside a baseline made of the expression itself." in text
    assert "Does the text add anything?" not in text
    assert not list(tmp_path.glob("*.png"))


def test_a_rerun_writes_the_same_bytes_whatever_the_users_settings(written: Path, copy: Copy) -> None:
    again = copy()
    with mpl.rc_context({"font.size": 31, "axes.facecolor": "black", "lines.linewidth": 9}):
        write_cell_report(again)
    files = [path.name for path in written.iterdir() if path.suffix in (".png", ".html")]
    assert len(files) == 10
    assert all((again / name).read_bytes() == (written / name).read_bytes() for name in files)


def test_without_predictions_clusters_and_maps_and_with_maps(copy: Copy, written: Path) -> None:
    folder = copy()
    shutil.rmtree(folder / "predictions")
    shutil.rmtree(folder / "clusters")
    (folder / "umap").mkdir()
    shutil.copy(next(written.glob("overview*.png")), folder / "umap" / "tiny.GenePT-w.png")
    found = read_page(write_cell_report(folder))
    assert not list(folder.glob("confusion*")) + list(folder.glob("clusters*"))
    assert "Maps of the cells" in found.text
    assert "Maps of the cells" not in read_page(written / "report.html").text


def test_single_folds_that_are_missing_are_counted(copy: Copy) -> None:
    folder = copy()

    def empty(frame: pd.DataFrame) -> pd.DataFrame:
        chosen = (
            (frame["method"] == "10-NN cosine")
            & (frame["metric"] == "accuracy")
            & frame["fold"].isin(["1", "1.0"])
        )
        frame.loc[chosen, ["value", "note"]] = ["", "not computable: one label only"]
        return frame

    edit(folder, "results", empty)
    gaps = find_gaps(read_cell_results(folder))
    assert gaps["folds missing"].tolist() == [1, 1]  # two representations
    assert set(gaps["reason"]) == {"one label only"}


def test_what_is_held_is_found_by_its_name_inside(bare: Path) -> None:
    results = read_cell_results(bare)
    what = Predictions("tiny", "PCA", "annotation", "10-NN cosine", "celltype", "2 x 5 folds")
    assert len(pd.read_parquet(results.predictions[what])) == 40
    assert {one.representation for one in results.clusters} == {"GenePT-w (minilm)", "PCA"}
    assert dict(results.sizes("tiny", "label")).keys() == {"a", "b"}
    assert (results.key("tiny", "label"), results.key("tiny", "batch")) == ("celltype", "")


# What is wrong with a folder


@pytest.mark.parametrize(
    "name", ["results.csv", "summary.csv", "differences.csv", "labels.csv", "coverage.csv", "provenance.json"]
)
def test_a_missing_file_is_named(copy: Copy, name: str) -> None:
    folder = copy()
    (folder / name).unlink()
    with pytest.raises(MissingDataError, match=f"no {name} in"):
        write_cell_report(folder)
    assert not (folder / "report.html").exists()


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("summary.csv", "dataset,representation\n", "without the columns kind, analysis"),
        ("summary.csv", "", "is no table"),
        ("provenance.json", "{", "is no JSON"),
        ("predictions/a.parquet", "no Parquet", "isn't a file of predictions"),
        ("clusters/a.parquet", "no Parquet", "isn't a file of clusters"),
    ],
)
def test_damaged_files_are_named(copy: Copy, name: str, content: str, found: str) -> None:
    folder = copy()
    (folder / name).write_text(content)
    with pytest.raises(InputFileError, match=found) as error:
        write_cell_report(folder)
    assert Path(name).name in str(error.value)


def test_text_where_numbers_stand_and_no_scores(copy: Copy) -> None:
    folder = copy()
    edit(folder, "coverage", lambda frame: frame.assign(share_of_counts="most"))
    with pytest.raises(InputFileError, match="text in the column share_of_counts"):
        write_cell_report(folder)
    edit(folder, "coverage", lambda frame: frame[:0])
    edit(folder, "summary", lambda frame: frame.assign(kind="guess"))
    with pytest.raises(InputFileError, match="kinds guess"):
        write_cell_report(folder)
    edit(folder, "summary", lambda frame: frame[:0])
    with pytest.raises(InputFileError, match=r"summary\.csv without a row"):
        write_cell_report(folder)


def test_without_matplotlib(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependencyError, match=r"genept\[plot\]"):
        write_cell_report(folder)


@pytest.mark.slow
def test_everything_at_once(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "out")
    write_cell_report(folder)
    assert_self_contained(folder / "report.html")
    found: Any = read_page(folder / "report.html")
    assert sum(tag == "section" for tag, _ in found.tags) == len(DATA_SETS) + 3
    assert f"confounded: {CONFOUNDED.note}" in found.text
