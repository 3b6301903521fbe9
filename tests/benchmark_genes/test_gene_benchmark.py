"""The benchmark as a whole: files, controls, resuming, sameness, and what can't be computed."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import genept
from genept import GeneEmbeddings, GeneTable
from genept.benchmark import benchmark_genes
from genept.benchmark.jobs import Job, run_job
from genept.benchmark.plan import Settings, plan_task
from genept.benchmark.protocols.scored import Scored
from genept.benchmark.representations import Representation
from genept.benchmark.tasks import FileTask, GeneLabels, PairLabels
from genept.errors import ArgumentError, InputFileError, MissingDataError, OutputError, UnknownNameError
from genept.genes import Resolver
from tests.conftest import RunGenept


def starter_task(lsa: GeneEmbeddings, name: str = "kinases", n: int = 70) -> FileTask:
    """Genes whose starter text says kinase, against others: a label that texts give away."""
    texts = genept.texts.get_texts("starter")
    is_kinase = np.array([re.search(r"\bkinase", text) is not None for text in texts.texts])
    chosen = [*np.flatnonzero(is_kinase)[: n // 2], *np.flatnonzero(~is_kinase)[: n // 2]]
    labels = GeneLabels(
        tuple(texts.genes.symbols[row] for row in chosen),
        np.where(is_kinase[chosen], 0, 1),
        ("kinase", "other"),
    )
    return FileTask(name, "Kinases against others", "1", "here", labels, leakage_words=("kinase*",))


def pair_task(lsa: GeneEmbeddings) -> FileTask:
    symbols = lsa.genes.symbols[:60]
    rng = np.random.default_rng(0)
    pairs = rng.integers(60, size=(150, 2))
    return FileTask(
        "edges",
        "Pairs",
        "1",
        "here",
        PairLabels(
            tuple(symbols[a] for a, _ in pairs),
            tuple(symbols[b] for _, b in pairs),
            np.ones(150, dtype=np.intp),
        ),
    )


TABLES = ("results", "summary", "differences", "labels", "leakage")


def tables(folder: Path) -> dict[str, str]:
    return {name: (folder / f"{name}.csv").read_text() for name in TABLES}


@pytest.fixture(scope="module")
def whole(lsa_genes: GeneEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmark") / "out"
    benchmark_genes(
        {"lsa": lsa_genes}, folder, tasks=[starter_task(lsa_genes), pair_task(lsa_genes)], n_jobs=1
    )
    return folder


@pytest.mark.slow
def test_every_control_stands_in_every_task_or_says_why_not(whole: Path) -> None:
    results = pd.read_csv(whole / "results.csv", keep_default_na=False)
    for task in ("kinases", "edges"):
        names = set(results.loc[results["task"] == task, "embedding"])
        assert {
            "lsa",
            "random vectors",
            "shuffled texts of lsa",
            "TF-IDF of the texts",
            "number of words in the text",
        } <= names
        assert any(name.startswith("gene names alone") for name in names)
    unmade = results[results["value"] == ""]
    assert set(unmade["note"].str.startswith("not computable: ")) == {True}
    assert results.columns.tolist()[:4] == ["task", "task_version", "protocol", "embedding"]


@pytest.mark.slow
def test_what_texts_give_away_is_seen_and_gone_when_masked(whole: Path) -> None:
    summary = pd.read_csv(whole / "summary.csv").set_index(["task", "embedding", "classifier"])["mean"]
    linear = summary.loc["kinases", :, "logistic_regression"]
    assert linear["TF-IDF of the texts"] > 0.95
    # With 70 genes chance alone goes far from one half.
    assert linear["random vectors"] < linear["lsa"] - 0.1
    assert linear["shuffled texts of lsa"] < linear["lsa"] - 0.1
    leakage = pd.read_csv(whole / "leakage.csv")
    said = leakage[(leakage["task"] == "kinases")].set_index("class")
    assert said.loc["kinase", "share"] == 1
    assert said.loc["other", "share"] == 0
    score, masked = said.loc["kinase", ["score", "masked_score"]].to_numpy(dtype=float)
    assert masked < score


@pytest.mark.slow
def test_intervals_hold_the_mean_and_the_report_is_there(whole: Path) -> None:
    summary = pd.read_csv(whole / "summary.csv").dropna(subset="mean")
    assert (summary["low"] <= summary["mean"]).all()
    assert (summary["mean"] <= summary["high"]).all()
    assert (whole / "report.html").stat().st_size > 10_000
    assert len(list(whole.glob("*.png"))) >= 2
    provenance = json.loads((whole / "provenance.json").read_text())
    assert provenance["embeddings"]["lsa"]["encoder"]["name"] == "lsa"


@pytest.mark.slow
def test_jobs_and_reruns_give_the_same_files(whole: Path, lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    tasks = [starter_task(lsa_genes), pair_task(lsa_genes)]
    benchmark_genes({"lsa": lsa_genes}, tmp_path / "again", tasks=tasks, n_jobs=2)
    assert tables(whole) == tables(tmp_path / "again")
    assert (whole / "report.html").read_bytes() == (tmp_path / "again" / "report.html").read_bytes()


@pytest.mark.slow
def test_a_run_that_was_broken_off_goes_on(
    whole: Path, lsa_genes: GeneEmbeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    shutil.copytree(whole, folder)
    for table in TABLES:
        (folder / f"{table}.csv").unlink()
    lost = sorted((folder / "jobs").iterdir())[:2]
    lost[0].unlink()
    lost[1].write_text("{")
    ran: list[str] = []

    def counted(job: Job) -> Scored | str:
        ran.append(job.task)
        return run_job(job)

    monkeypatch.setattr("genept.benchmark.run_jobs.run_job", counted)
    tasks = [starter_task(lsa_genes), pair_task(lsa_genes)]
    benchmark_genes({"lsa": lsa_genes}, folder, tasks=tasks, n_jobs=1, resume=True)
    assert len(ran) == 2
    assert tables(folder) == tables(whole)


@pytest.mark.slow
def test_other_labels_are_scored_anew(whole: Path, lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(whole, folder)
    summary = benchmark_genes(
        {"lsa": lsa_genes},
        folder,
        tasks=[starter_task(lsa_genes, n=60)],
        n_jobs=1,
        resume=True,
        controls=False,
    )
    fresh = benchmark_genes(
        {"lsa": lsa_genes}, tmp_path / "b", tasks=[starter_task(lsa_genes, n=60)], n_jobs=1, controls=False
    )
    pd.testing.assert_frame_equal(summary, fresh)


def test_a_folder_that_holds_something_else(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(OutputError, match=r"thesis\.txt"):
            benchmark_genes({"lsa": lsa_genes}, tmp_path, tasks=[starter_task(lsa_genes)], resume=resume)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def labels_of(names: list[str], labels: list[int]) -> FileTask:
    return FileTask("task", "A task", "1", "here", GeneLabels(tuple(names), np.array(labels), ("yes", "no")))


def few(lsa: GeneEmbeddings, n: int) -> list[str]:
    return list(lsa.genes.symbols[:n])


@pytest.mark.parametrize("protocol", ["rigorous", "paper"])
@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("genes that nobody has", "0 labelled genes"),
        ("one class empty", "of 1 class"),
        ("fewer positives than folds", "3 genes"),
        ("labels that conflict", "0 labelled genes"),
    ],
)
def test_tasks_that_can_not_be_computed_do_not_stop_the_others(
    case: str, said: str, protocol: str, lsa_genes: GeneEmbeddings, tmp_path: Path
) -> None:
    task = {
        "genes that nobody has": labels_of([f"nobody{k}" for k in range(20)], [0, 1] * 10),
        "one class empty": labels_of([*few(lsa_genes, 20), "nobody"], [1] * 20 + [0]),
        "fewer positives than folds": labels_of(few(lsa_genes, 30), [0] * 3 + [1] * 27),
        "labels that conflict": labels_of(few(lsa_genes, 20) * 2, [0] * 20 + [1] * 20),
    }[case]
    summary = benchmark_genes(
        {"lsa": lsa_genes},
        tmp_path / "out",
        tasks=[task, starter_task(lsa_genes, n=40)],
        controls=False,
        protocol=protocol,  # type: ignore[arg-type]
        n_jobs=1,
    )
    kinases = summary[(summary["task"] == "kinases") & (summary["kind"] == "embedding")]
    assert kinases["mean"].notna().all()
    other = summary[summary["task"] == "task"]
    labels = pd.read_csv(tmp_path / "out" / "labels.csv")
    counted = labels.loc[labels["task"] == "task", ["listed", "found", "lost", "conflicting"]]
    listed, lost = len(task.labels), {"genes that nobody has": 20, "one class empty": 1}.get(case, 0)
    conflicting = 40 if case == "labels that conflict" and protocol == "rigorous" else 0
    assert counted.to_numpy().tolist() == [[listed, listed - lost, lost, conflicting]]
    if case == "labels that conflict" and protocol == "paper":
        # The paper keeps them, and can learn nothing.
        assert other["mean"].notna().all()
        return
    assert other["mean"].isna().all()
    assert other["note"].str.contains(said, regex=False).all()


def test_an_embedding_of_one_gene(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    one = GeneEmbeddings(GeneTable(("LYZ",)), np.ones((1, 4), dtype=np.float32))
    summary = benchmark_genes(
        {"one": one, "lsa": lsa_genes}, tmp_path / "out", tasks=[starter_task(lsa_genes)], controls=False
    )
    assert summary["mean"].isna().all()
    assert summary["note"].str.contains("70 of 70 have no vector in every embedding", regex=False).all()


def test_arguments_that_mean_nothing(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no gene embeddings"):
        benchmark_genes({}, tmp_path / "out")
    with pytest.raises(ArgumentError, match="protocol 'paper'"):
        benchmark_genes({"lsa": lsa_genes}, tmp_path / "out", protocol="paper", keep_together="family")
    with pytest.raises(UnknownNameError, match="no task named 'poetry'"):
        benchmark_genes({"lsa": lsa_genes}, tmp_path / "out", tasks=["poetry"])
    with pytest.raises(InputFileError, match="is not there"):
        benchmark_genes({"lsa": lsa_genes}, tmp_path / "out", tasks=["ggi"], data=tmp_path)
    mouse = GeneEmbeddings(
        GeneTable(("Lyz2",)), np.ones((1, 4), dtype=np.float32), provenance={"taxon": "10090"}
    )
    with pytest.raises(ArgumentError, match="of the taxa 9606, 10090"):
        benchmark_genes(
            {"lsa": lsa_genes, "mouse": mouse}, tmp_path / "out2", tasks=[starter_task(lsa_genes)]
        )


def test_what_can_not_be_scored_says_why(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    """Pairs by a forest only, which the rigorous protocol doesn't do."""
    summary = benchmark_genes(
        {"lsa": lsa_genes},
        tmp_path / "out",
        tasks=[pair_task(lsa_genes)],
        controls=False,
        classifiers=["random_forest"],
        n_jobs=1,
    )
    assert summary["mean"].isna().all()
    assert summary["note"].tolist() == [
        "not computable: none of the classifiers asked for is used on it here"
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"classifiers": ["logistic"]}, "classifier logistic"),
        ({"features": ["sum", "summ"]}, "features summ"),
        ({"features": []}, r"features \(none\)"),
    ],
)
def test_classifiers_and_features_that_are_none(
    wrong: dict[str, list[str]], said: str, lsa_genes: GeneEmbeddings, tmp_path: Path
) -> None:
    with pytest.raises(ArgumentError, match=said):
        benchmark_genes({"lsa": lsa_genes}, tmp_path / "out", tasks=[pair_task(lsa_genes)], **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_an_embedding_named_as_a_control(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="named 'random vectors'"):
        benchmark_genes({"random vectors": lsa_genes}, tmp_path / "out", tasks=[starter_task(lsa_genes)])


def test_families_that_are_not_known(
    lsa_genes: GeneEmbeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "empty"))
    how = {"tasks": [starter_task(lsa_genes)], "keep_together": "family"}
    with pytest.raises(MissingDataError, match="hgnc_complete_set"):
        benchmark_genes({"lsa": lsa_genes}, tmp_path / "a", **how)  # type: ignore[arg-type]
    mouse = GeneEmbeddings(
        GeneTable(("Lyz2",)), np.ones((1, 4), dtype=np.float32), provenance={"taxon": "10090"}
    )
    with pytest.raises(ArgumentError, match="aren't human"):
        benchmark_genes({"mouse": mouse}, tmp_path / "b", **how)  # type: ignore[arg-type]


def test_families_where_genes_recur(lsa_genes: GeneEmbeddings) -> None:
    labels = PairLabels(("LYZ",), ("CD3E",), np.ones(1, dtype=np.intp), ("train",), genes_recur=True)
    one = Representation("lsa", "embedding", lsa_genes.genes, lsa_genes.vectors)
    task = FileTask("in_time", "t", "", "s", labels)
    plan = plan_task(
        task, labels, [one], resolver=Resolver(lsa_genes.genes), settings=Settings(keep_together="family")
    )
    assert not plan.jobs
    assert "can't be kept apart" in plan.reasons["lsa"]


def test_the_cells_of_a_control_are_named(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    cells = tmp_path / "cells.h5ad"
    genept.datasets.pbmc68k_reduced().write_h5ad(cells)
    how = {"tasks": [starter_task(lsa_genes)], "n_jobs": 1, "controls": False}
    benchmark_genes({"lsa": lsa_genes}, tmp_path / "out", expression=cells, **how)  # type: ignore[arg-type]
    said = json.loads((tmp_path / "out" / "provenance.json").read_text())["expression"]
    assert said == {"file": "cells.h5ad", "sha256": hashlib.sha256(cells.read_bytes()).hexdigest()}


def test_genes_whose_vector_others_have_are_counted(lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    vectors = lsa_genes.vectors.copy()
    task = starter_task(lsa_genes)
    assert isinstance(task.labels, GeneLabels)
    vectors[lsa_genes.genes.locate(task.labels.names[:3])] = 0.5
    same = GeneEmbeddings(lsa_genes.genes, vectors)
    benchmark_genes({"same": same}, tmp_path / "out", tasks=[task], controls=False, n_jobs=1)
    (note,) = pd.read_csv(tmp_path / "out" / "labels.csv")["note"]
    assert note == "3 genes have a vector in same that others have, too"


@pytest.mark.slow
def test_the_command(call_genept: RunGenept, lsa_genes: GeneEmbeddings, tmp_path: Path) -> None:
    genept.write_embeddings(lsa_genes, tmp_path / "lsa.h5ad")
    symbols = starter_task(lsa_genes).labels
    assert isinstance(symbols, GeneLabels)
    positive = [name for name, label in zip(symbols.names, symbols.labels, strict=True) if label == 0]
    (tmp_path / "sets.gmt").write_text(
        "\n".join(["\t".join(["kinases", "", *positive]), "\t".join(["rest", "", *symbols.names])]) + "\n"
    )
    asked = ("benchmark", "genes", "--gene-sets", "sets.gmt", "-o", "out", "--genes")
    done = call_genept(*asked, "mine=lsa.h5ad", "--no-controls", "--jobs", 1, "--json")
    assert done.returncode == 0, done.stderr
    said = {(row["task"], row["embedding"]): row["mean"] for row in json.loads(done.stdout)["summary"]}
    assert said["sets:kinases", "mine"] > 0.8
    again = call_genept(*asked, "lsa.h5ad")
    assert again.returncode == 1
    assert "--resume" in again.stderr
    twice = call_genept(*asked, "lsa.h5ad", "--genes", "lsa.h5ad")
    assert "two embeddings named 'lsa'" in twice.stderr
    listed = call_genept("benchmark", "tasks")
    assert "dosage_sensitivity" in listed.stdout
