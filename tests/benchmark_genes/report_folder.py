"""A folder such as the gene benchmark writes, with made-up predictions and everything computed from them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score

from genept.benchmark.predictions import Predicted, write_predictions

CLASSES = (
    *("protein_coding", "lncRNA", "processed_pseudogene", "miRNA", "unprocessed_pseudogene", "misc_RNA"),
    *("snRNA", "snoRNA", "TEC", "transcribed_unprocessed_pseudogene", "IG_V_gene", "TR_V_gene", "rRNA"),
    *("scaRNA", "Mt_tRNA"),
)


@dataclass(frozen=True)
class Task:
    name: str
    title: str
    n: int
    classes: tuple[str, ...]
    difficulty: float = 1.0
    features: tuple[str, ...] = ("",)


_BIVALENT = ("bivalent", "Lys4 only")
_PAIR = ("interacting", "not interacting")
TASKS = (
    Task("dosage_sensitivity", "Dosage sensitivity of transcription factors", 450, ("sensitive", "other")),
    Task("bivalent_vs_non_methylated", "Bivalent or not methylated", 130, ("bivalent", "not methylated")),
    Task("bivalent_vs_lys4_only", "Bivalent or Lys4 only", 180, _BIVALENT),
    Task("tf_range_chen", "Range of transcription factors (Chen)", 170, ("long", "short"), 0.4),
    Task("tf_range_geneformer", "Range of transcription factors (Geneformer)", 9, ("long", "short")),
    Task("n1_network", "Genes of the NOTCH1 network", 350, ("in the network", "outside"), 0.6),
    Task("n1_targets", "Targets of NOTCH1", 200, ("target", "no target"), 0.5),
    Task("bivalent_vs_lys4_only_genomewide", "Bivalent or Lys4 only, all genes", 900, _BIVALENT),
    Task("functional_class", "Functional class", 3000, CLASSES),
    Task("ggi", "Gene-gene interaction", 1200, _PAIR, 0.7, ("sum", "mean", "product")),
    Task("ppi_huri", "Protein-protein interaction: HuRI", 1000, _PAIR, 0.3, ("sum", "product")),
    Task("ppi_lit_bm", "Protein-protein interaction: Lit-BM", 1000, _PAIR, 0.4, ("sum", "product")),
    Task("HALLMARK: hypoxia/normoxia", "Gene set HALLMARK: hypoxia", 400, ("in the set", "outside"), 0.8),
)

# Name, kind, about, strength of its signal.
REPRESENTATIONS = (
    ("minilm", "embedding", "", 1.8),
    ("lsa", "embedding", "", 1.5),
    ("random vectors", "control", "", 0.0),
    ("shuffled texts (minilm)", "control", "minilm", 0.1),
    ("gene names alone (minilm)", "control", "minilm", 1.4),
    ("TF-IDF of the texts", "control", "", 1.75),
    ("number of words", "control", "", 0.6),
    ("PCA of expression", "control", "", 0.9),
)
TOO_FEW = "3 genes of the class “long”, fewer than 5 folds"
NO_MATRIX = "no expression matrix was given"
_KEYS = ["task", "embedding", "kind", "about", "classifier", "features", "metric"]


def make_folder(
    folder: Path,
    *,
    tasks: Sequence[Task] = TASKS,
    representations: Sequence[tuple[str, str, str, float]] = REPRESENTATIONS,
    repeats: int = 1,
    folds: int = 5,
) -> Path:
    """Write all files of the contract: what is missing is missing with a note."""
    (folder / "predictions").mkdir(parents=True)
    rng = np.random.default_rng(0)
    results: list[dict[str, Any]] = []
    for task in tasks:
        labels = _labels(task, rng)
        for name, kind, about, strength in representations:
            for classifier, features in _settings(task, name):
                what = Predicted(task.name, name, classifier, features)
                said = {"task": task.name, "task_version": "1", "protocol": "rigorous", "embedding": name}
                said |= {"kind": kind, "about": about, "classifier": classifier, "features": features}
                note = NO_MATRIX if name == "PCA of expression" else TOO_FEW if task.n < 10 else ""
                if note:
                    results += [{**said, "metric": metric, "note": note} for metric in _metrics(task)]
                    continue
                weaker = 1.0 if classifier == "logistic_regression" else 0.85
                frame = _predict(labels, strength * task.difficulty * weaker, len(task.classes), rng)
                parts = [
                    frame.assign(repeat=repeat, fold=_folds(labels, folds, rng)) for repeat in range(repeats)
                ]
                predictions = pd.concat(parts, ignore_index=True)
                results += [{**said, **row} for row in _score(predictions)]
                if features in ("", "sum"):
                    write_predictions(folder / "predictions", what, predictions)
    frame = pd.DataFrame(results)
    for column in ("repeat", "fold", "value", "n_train", "n_test", "C"):
        frame[column] = frame.get(column, np.nan)
    _write(folder, "results", frame.assign(note=frame["note"].fillna("")))
    summary = _summary(frame, tasks)
    _write(folder, "summary", summary)
    _write(folder, "differences", _differences(frame))
    _write(folder, "labels", pd.DataFrame([_label_row(task) for task in tasks]))
    _write(folder, "leakage", _leakage(summary, tasks))
    (folder / "provenance.json").write_text(json.dumps(_provenance(), indent=1))
    return folder


def _settings(task: Task, name: str) -> Iterator[tuple[str, str]]:
    for classifier in ("logistic_regression", "random_forest"):
        # A forest on TF-IDF makes no sense, and has no row.
        if not (name == "TF-IDF of the texts" and classifier == "random_forest"):
            yield from ((classifier, features) for features in task.features)


def _metrics(task: Task) -> tuple[str, ...]:
    return ("roc_auc",) if len(task.classes) == 2 else ("accuracy", "balanced_accuracy")


def _labels(task: Task, rng: np.random.Generator) -> NDArray[np.int_]:
    n = len(task.classes)
    shares = np.array([0.3, 0.7]) if n == 2 else np.r_[0.832, np.full(n - 1, 0.168 / (n - 1))]
    return np.concatenate([np.arange(n), rng.choice(n, size=task.n - n, p=shares)])


def _predict(labels: NDArray[np.int_], strength: float, n: int, rng: np.random.Generator) -> pd.DataFrame:
    frame = pd.DataFrame({"first": np.arange(len(labels)), "second": -1, "label": labels})
    if n == 2:
        return frame.assign(score=rng.normal(size=len(labels)) + strength * (labels == 1))
    known = rng.random(len(labels)) < strength / 2.1
    guessed = np.where(rng.random(len(labels)) < 0.8, 0, rng.integers(0, n, len(labels)))
    return frame.assign(predicted=np.where(known, labels, guessed))


def _folds(labels: NDArray[np.int_], n: int, rng: np.random.Generator) -> NDArray[np.int_]:
    """Number each row's fold, so that each class is in each."""
    fold = np.empty_like(labels)
    for label in np.unique(labels):
        fold[labels == label] = rng.permutation(np.sum(labels == label)) % n
    return fold


def _score(predictions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    metrics: dict[str, Any] = {"accuracy": accuracy_score, "balanced_accuracy": balanced_accuracy_score}
    if "score" in predictions:
        metrics = {"roc_auc": roc_auc_score}
    guess = "score" if "score" in predictions else "predicted"
    for (repeat, fold), rows in predictions.groupby(["repeat", "fold"]):
        sizes = {"n_train": len(predictions) - len(rows), "n_test": len(rows), "C": 1.0}
        for metric, function in metrics.items():
            value = float(function(rows["label"], rows[guess]))
            yield {"metric": metric, "repeat": repeat, "fold": fold, "value": value, "note": "", **sizes}


def _summary(results: pd.DataFrame, tasks: Sequence[Task]) -> pd.DataFrame:
    sizes = {task.name: task.n for task in tasks}
    rows = []
    for keys, group in results.groupby(_KEYS, sort=False):
        said: dict[str, Any] = dict(zip(_KEYS, keys, strict=True))
        values = group["value"].dropna()
        if values.empty:
            rows.append({**said, "n_values": 0, "note": group["note"].iloc[0]})
            continue
        mean, half = values.mean(), 1.96 * values.std() / np.sqrt(len(values))
        ends = {"low": mean - half, "high": mean + half, "sd": values.std(ddof=0)}
        tested = said["task"] == "dosage_sensitivity" and said["kind"] == "embedding"
        counts = {"n_values": len(values), "n_genes": sizes[said["task"]]}
        p = 0.0004 if tested else np.nan
        rows.append({**said, "mean": mean, **ends, **counts, "p_permutation": p, "note": ""})
    columns = [*_KEYS, "mean", "sd", "low", "high", "n_values", "n_genes", "p_permutation", "note"]
    return pd.DataFrame(rows).reindex(columns=columns)


def _differences(results: pd.DataFrame) -> pd.DataFrame:
    keys = ["task", "classifier", "features", "metric"]
    rows = []
    for names, group in results.dropna(subset=["value"]).groupby(keys, sort=False):
        by_name = {name: rows["value"].to_numpy() for name, rows in group.groupby("embedding", sort=False)}
        for one, other in combinations(by_name, 2):
            gaps = by_name[one] - by_name[other]
            half = 1.96 * gaps.std() * np.sqrt(1 / len(gaps) + 0.25)
            ends = [gaps.mean(), gaps.mean() - half, gaps.mean() + half]
            # One difference has no test, as where there is one fold only.
            if names[0] == "n1_targets" and other == "random vectors":
                ends[1:] = [np.nan, np.nan]
            p = np.nan if np.isnan(ends[1]) else 0.0002 if ends[1] > 0 or ends[2] < 0 else 0.2
            rows.append([*names, one, other, *ends, p, len(gaps)])
    columns = [*keys, "embedding", "other", "difference", "low", "high", "p_value", "n_values"]
    return pd.DataFrame(rows, columns=columns)


def _label_row(task: Task) -> dict[str, Any]:
    labels = _labels(task, np.random.default_rng(0))
    sizes = np.bincount(labels, minlength=len(task.classes))
    classes = ", ".join(f"{name} {size:,}" for name, size in zip(task.classes, sizes, strict=True))
    said = {"task": task.name, "title": task.title, "listed": task.n + 17, "found": task.n + 5, "lost": 12}
    said |= {"repeated": 3, "conflicting": 2, "kept": task.n, "classes": classes, "groups": ""}
    return {**said, "note": "The gold list is a sample." if task.name == "n1_targets" else ""}


def _leakage(summary: pd.DataFrame, tasks: Sequence[Task]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, task in enumerate(tasks):
        for name in summary.loc[summary["kind"] == "embedding", "embedding"].unique():
            mine = summary[summary["task"].eq(task.name) & summary["embedding"].eq(name)]
            score = float(mine["mean"].iloc[0])
            n, with_words = task.n // 3, (task.n // 3) * (i + 1) // 20
            row = {"task": task.name, "embedding": name, "words": "dosage, haploinsufficien*"}
            row |= {"class": task.classes[0], "n": n, "n_with_words": with_words, "share": with_words / n}
            # Later tasks lose less.
            row |= {"score": score, "masked_score": score - 0.06 / (i + 1)}
            rows.append({**row, "note": "" if np.isfinite(score) else TOO_FEW})
    return pd.DataFrame(rows)


def _provenance() -> dict[str, Any]:
    published = [("dosage_sensitivity", "GenePT", 0.889), ("tf_range_chen", "Gene2vec", 0.83)]
    published.append(("a task that was not run", "GenePT", 0.5))
    return {
        "genept": "0.1.0",
        "protocol": {"name": "rigorous", "folds": 5, "seed": 2023},
        "embeddings": [{"name": "minilm", "sha256": "53aa51", "texts": {"source": "ncbi", "n": 21034}}],
        "published": [
            {
                "task": task,
                "embedding": name,
                "classifier": "logistic_regression",
                "metric": "roc_auc",
                "value": value,
                "source": "Chen & Zou 2024, notebooks",
            }
            for task, name, value in published
        ],
    }


def _write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    frame.to_csv(folder / f"{name}.csv", index=False)
