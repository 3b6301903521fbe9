"""A folder such as the cell benchmark writes, with made-up predictions and everything computed from them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    balanced_accuracy_score,
    normalized_mutual_info_score,
    roc_auc_score,
)

from genept.benchmark.file_names import file_name

Labels = NDArray[np.str_]
Metrics = dict[str, Any]

AGREE: Metrics = {
    "ari": adjusted_rand_score,
    "ami": adjusted_mutual_info_score,
    "nmi": normalized_mutual_info_score,
}


@dataclass(frozen=True)
class DataSet:
    name: str
    n: int
    classes: tuple[str, ...]
    batches: tuple[str, ...] = ()
    n_patients: int = 0
    note: str = ""
    splits: tuple[str, ...] = ("2 x 5 folds",)
    learned_from: str = ""


@dataclass(frozen=True)
class Representation:
    """Name, kind, and how often it knows the label, in most data sets and in some."""

    name: str
    kind: str
    right: float
    by_data_set: dict[str, float] = field(default_factory=dict)


TYPES = (
    *("CD4 T", "CD14+ monocytes", "B, naive", "NK", "CD8 T", "FCGR3A+ monocytes"),
    *("CD1C+ myeloid dendritic cells", "Platelets"),
)
ACROSS = ("2 x 5 folds", "leave out one tech")
CONFOUNDED = "tech is confounded with celltype: each celltype occurs in one tech only (Cramer's V 1.00)"
DATA_SETS = (
    DataSet("pbmc", 400, TYPES),
    DataSet("islets", 240, ("alpha", "beta", "delta"), ("v2", "10x"), splits=ACROSS, learned_from="pbmc"),
    DataSet("tumour", 300, ("T", "B", "other"), (), 12),
    DataSet("confounded", 90, ("V2 cells", "V3 cells"), ("v2", "v3"), note=CONFOUNDED),
)
REPRESENTATIONS = (
    Representation("GenePT-w (minilm)", "embedding", 0.7),
    Representation("GenePT-s (minilm)", "embedding", 0.5),
    Representation("random gene vectors", "control", 0.45, {"islets": 0.7}),
    Representation("gene names alone (minilm)", "control", 0.6),
    Representation("PCA", "baseline", 0.9, {"islets": 0.7}),
    Representation("scaled PCA", "baseline", 0.85),
    Representation("Harmony-corrected PCA", "baseline", 0.85),
)
NO_HARMONY = "it needs harmonypy: pip install 'genept[scib]'"
QUESTION = ["analysis", "method", "target", "split", "metric"]
METHODS = ("10-NN cosine", "logistic_regression")


def make_folder(
    folder: Path,
    *,
    data_sets: Sequence[DataSet] = DATA_SETS,
    representations: Sequence[Representation] = REPRESENTATIONS,
) -> Path:
    """Write all files of the contract: what is missing is missing with a note."""
    for name in ("predictions", "clusters"):
        (folder / name).mkdir(parents=True)
    cells = [Cells(data_set, seed) for seed, data_set in enumerate(data_sets)]
    rows = [row for each in cells for one in representations for row in _score(folder, each, one)]
    results = pd.DataFrame(rows)
    summary = _summary(results)
    _write(folder, "results", results)
    _write(folder, "summary", summary)
    _write(folder, "differences", _differences(summary))
    _write(folder, "labels", pd.DataFrame([row for each in cells for row in _labels(each)]))
    _write(folder, "coverage", _coverage(data_sets, representations))
    settings = {"protocol": "rigorous", "rng": 2023}
    (folder / "provenance.json").write_text(json.dumps({"genept": "0.1.0", "settings": settings}))
    return folder


class Cells:
    """The cells of a data set with their labels, batches, patients and conditions."""

    def __init__(self, about: DataSet, seed: int) -> None:
        self.about, self.rng = about, np.random.default_rng(seed)
        n, k = about.n, len(about.classes)
        # Ten cells of each label; of the rest, most have one of the first two.
        shares = np.array([3.0, 3.0, *[1.0] * k])[:k]
        self.codes = np.r_[
            np.repeat(np.arange(k), 10), self.rng.choice(k, n - 10 * k, p=shares / shares.sum())
        ]
        self.labels = np.array(about.classes)[self.codes]
        batches = self.codes if about.note else self.rng.integers(0, max(1, len(about.batches)), n)
        self.batches = np.array(about.batches or ("one",))[batches]
        patients = np.arange(n) % max(1, about.n_patients)
        self.patients = np.array([f"p{i:02}" for i in patients])
        self.conditions = np.where(patients % 3 == 0, "responder", "other")

    def guess(self, known: Labels, right: float) -> Labels:
        classes = np.unique(known)
        wrong = classes[self.rng.integers(0, len(classes), len(known))]
        return np.where(self.rng.random(len(known)) < right, known, wrong)


def _score(folder: Path, cells: Cells, one: Representation) -> Iterator[dict[str, Any]]:
    about, right = cells.about, one.by_data_set.get(cells.about.name, one.right)
    who = {"dataset": about.name, "representation": one.name}
    missing = one.name.startswith("Harmony") and not about.batches

    def rows(asked: tuple[str, ...], values: dict[str, list[float]], n: int) -> Iterator[dict[str, Any]]:
        said = who | {"kind": one.kind, **_asked(asked), "protocol": "rigorous", "note": ""}
        for metric, folds in values.items():
            if missing:
                yield said | {"metric": metric, "note": f"not computable: {NO_HARMONY}"}
                continue
            for fold, value in enumerate(folds):
                sizes = {"n_train": n, "n_test": n // len(folds)}
                yield said | {"metric": metric, "repeat": 0, "fold": fold, "value": value} | sizes

    clusters = cells.guess(cells.codes.astype(str), right * 0.9)
    agreement = {name: [float(agree(cells.labels, clusters))] for name, agree in AGREE.items()}
    yield from rows(("association", "k-means", "celltype", "none"), agreement, about.n)
    silhouettes = {"asw_euclidean": [right / 5], "asw_cosine": [right / 4]}
    yield from rows(("association", "labels", "celltype", "none"), silhouettes, about.n)
    if not missing:
        frame = pd.DataFrame({"cell": np.arange(about.n), "label": cells.labels})
        _hold(folder / "clusters", who, frame.assign(kmeans=clusters.astype(int)))
    if about.batches:
        mixed = {name: [float(agree(cells.batches, clusters))] for name, agree in AGREE.items()}
        yield from rows(("batch", "k-means", "tech", "none"), mixed, about.n)
        yield from rows(("batch", "lisi", "tech", "none"), {"ilisi": [0.4]}, about.n)
        yield from rows(("batch", "lisi", "celltype", "none"), {"clisi": [0.9]}, about.n)
    questions = [("annotation", method, "celltype", split) for split in about.splits for method in METHODS]
    if about.learned_from:
        split = f"train {about.learned_from}, test {about.name}"
        questions.append(("transfer", "10-NN cosine", "celltype", split))
    for asked in questions:
        folds = np.arange(about.n) % (5 if asked[0] == "annotation" else 1)
        frame = pd.DataFrame({"repeat": 0, "fold": folds, "cell": np.arange(about.n), "label": cells.labels})
        frame["predicted"] = cells.guess(cells.labels, right)
        parts = [part for _, part in frame.groupby("fold")]
        scored = [_class_scores(part["label"].to_numpy(), part["predicted"].to_numpy()) for part in parts]
        values = {name: [one[name] for one in scored] for name in scored[0]}
        yield from rows(asked, values, about.n)
        if not missing:
            _hold(folder / "predictions", who | _asked(asked), frame)
    if about.n_patients:
        known = cells.conditions[: about.n_patients] == "responder"
        score = cells.rng.normal(size=len(known)) + right * known
        asked = ("phenotype", "logistic_regression by sample mean", "response", "folds of patient")
        given = {"roc_auc": [float(roc_auc_score(known, score))]}
        given["balanced_accuracy"] = [float(balanced_accuracy_score(known, score > 0.5))]
        yield from rows(asked, given, about.n_patients)


def _class_scores(known: Labels, given: Labels) -> dict[str, float]:
    classes = np.unique(known)
    right = np.array([np.sum((known == one) & (given == one)) for one in classes])
    recall = right / [np.sum(known == one) for one in classes]
    precision = right / [max(1, np.sum(given == one)) for one in classes]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    scores = {"accuracy": np.mean(known == given), "balanced_accuracy": recall.mean()}
    scores |= {"macro_precision": precision.mean(), "macro_recall": recall.mean(), "macro_f1": f1.mean()}
    return {name: float(value) for name, value in scores.items()}


def _asked(asked: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(QUESTION[:4], asked, strict=True))


def _hold(folder: Path, what: dict[str, str], frame: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({b"genept": json.dumps(what).encode()})
    pq.write_table(table, folder / f"{file_name(*what.values())}.parquet")


def _summary(results: pd.DataFrame) -> pd.DataFrame:
    """Means, with an interval as of so many tosses of a coin; mixing has none, as in the engine."""
    keys = ["dataset", "representation", "kind", *QUESTION]
    rows = []
    for named, part in results.groupby(keys, sort=False):
        said: dict[str, Any] = dict(zip(keys, named, strict=True))
        values = part["value"].dropna()
        if values.empty:
            rows.append(said | {"n_values": 0, "note": part["note"].iloc[0]})
            continue
        mean, n_cells = values.mean(), int(part["n_test"].sum())
        half = np.nan if said["method"] == "lisi" else _half(mean, n_cells)
        ends = {"mean": mean, "low": mean - half, "high": mean + half}
        sd = values.std(ddof=0) if len(values) > 1 else np.nan
        rows.append(said | ends | {"sd": sd, "n_values": len(values), "n_cells": n_cells, "note": ""})
    columns = [*keys, "mean", "sd", "low", "high", "n_values", "n_cells", "note"]
    return pd.DataFrame(rows).reindex(columns=columns)


def _differences(summary: pd.DataFrame) -> pd.DataFrame:
    rows: list[list[Any]] = []
    for named, part in summary.dropna(subset=["mean"]).groupby(["dataset", *QUESTION], sort=False):
        embeddings = part[part["kind"] == "embedding"].to_dict("records")
        others = part[part["kind"] != "embedding"].to_dict("records")
        for one, other in [*combinations(embeddings, 2), *product(embeddings, others)]:
            gap = one["mean"] - other["mean"]
            half = np.hypot(one["high"] - one["mean"], other["high"] - other["mean"]) / 1.5
            pair = one["representation"], other["representation"]
            rows.append([*named, *pair, gap, gap - half, gap + half, one["n_values"]])
    columns = ["dataset", *QUESTION, "representation", "other", "difference", "low", "high", "n_values"]
    return pd.DataFrame(rows, columns=columns)


def _half(mean: float, n: int) -> float:
    return float(1.96 * np.sqrt(max(0.05, abs(mean) * (1 - abs(mean))) / n))


def _labels(cells: Cells) -> Iterator[dict[str, Any]]:
    about = cells.about
    columns = [("label", "celltype", cells.labels)]
    columns += [("batch", "tech", cells.batches)] if about.batches else []
    if about.n_patients:
        columns += [("condition", "response", cells.conditions), ("sample", "patient", cells.patients)]
    for role, target, values in columns:
        classes = ", ".join(f"{name} {size}" for name, size in pd.Series(values).value_counts().items())
        said = {"dataset": about.name, "target": target, "role": role, "classes": classes, "note": about.note}
        yield said | {"n_cells": about.n, "n_missing": 3 if role == "label" else 0, "n_dropped": 0}


def _coverage(data_sets: Sequence[DataSet], representations: Sequence[Representation]) -> pd.DataFrame:
    rows = []
    for i, about in enumerate(data_sets):
        for one in representations:
            of_all = one.kind == "baseline"
            said = {"dataset": about.name, "representation": one.name, "genes_measured": 12345, "note": ""}
            said |= {"genes_used": 2000 if of_all else 9876}
            rows.append(said | {"share_of_counts": np.nan if of_all else 0.95 - i / 20})
    return pd.DataFrame(rows)


def _write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    frame.to_csv(folder / f"{name}.csv", index=False)
