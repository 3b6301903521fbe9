"""What fine-tuning is worth on real cells, beside simpler ways to learn from the same vectors and cells.

    python benchmarks/finetune.py --genes minilm.h5ad --json
    python benchmarks/finetune.py --genes minilm.h5ad --sets kang_ifnb_muscat --seeds 1

*Cell types*: trained on ``--fractions`` of the cells of each type (one at least), drawn anew for each seed,
the paper's experiment; macro F1 on the cells held out, and its median over seeds. *Phenotypes*: folds of
whole patients, or donors, each held out once; what was predicted of all of them is scored by cell, within
each patient, and, where a patient has one phenotype, by patient (mean probability of its cells).

Ways: GenePT-w fine-tuned, with defaults; 10 nearest neighbours by cosine; the nearest one alone, since of a
type with fewer than five training cells ten neighbours never find more; logistic regression with classes
weighted alike (C = 100), and with scikit-learn's defaults, which hardly moves on vectors of unit norm. The
parameters' defaults were chosen on ``pbmc3k_clustifyrdata`` and ``panc8_small_bbknnR``, and on no other set.
"""

import argparse
import os
import statistics
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from report import print_report
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import genept
import genept.errors
from genept.cells import FineTunedEmbedding
from genept.cells.fine_tuned.held_out import score, score_groups
from genept.cells.fine_tuned.sides import draw_cells
from genept.h5ad import read_h5ad

DATA = Path(os.environ.get("GENEPT_REALDATA", Path(__file__).parents[2] / "shared" / "data"))
TYPES = {
    "pbmc3k_clustifyrdata": "classified",
    "panc8_small_bbknnR": "celltype",
    "zheng_facs_pbmc_fastTopics": "celltype",
    "pbmc_3tech_SAVERCAT": "celltype",
    "kang_ifnb_muscat": "cluster_id",
    "melanoma_response_scFeatures": "celltype",
    "xin_islets_scClassify": "celltype",
    "onek1k_40donors_scDesignPop": "cell_type",
}
PHENOTYPES = {
    "melanoma_response_scFeatures": ("respond", "patient", 5),
    "kang_ifnb_muscat": ("condition", "donor", 2),
    "gbm_panobinostat_lemur": ("condition", "patient_id", 5),
}
Report = dict[str, Any]
Predicted = tuple[NDArray[np.str_], NDArray[np.float64]]


def ways(n: int, seed: int) -> dict[str, Any]:
    return {
        "fine-tuned": FineTunedEmbedding(rng=seed),
        "10-NN cosine": KNeighborsClassifier(min(10, n), metric="cosine"),
        "nearest cell": KNeighborsClassifier(1, metric="cosine"),
        "logistic regression": LogisticRegression(C=100, class_weight="balanced", max_iter=1000),
        "logistic regression, defaults": LogisticRegression(max_iter=1000),
    }


def cell_types(X: NDArray[Any], labels: NDArray[np.str_], fraction: float, *, seeds: int) -> Report:
    found: dict[str, list[float]] = {}
    for seed in range(seeds):
        training = draw_cells(labels, fraction, rng=seed)
        for name, model in ways(int(training.sum()), seed).items():
            model.fit(X[training], labels[training])
            scores = score(labels[~training], model.predict_proba(X[~training]), model.classes_)
            found.setdefault(name, []).append(scores["macro_f1"])
    ours, nearest = found["fine-tuned"], found["10-NN cosine"]
    return {
        "trained_on": int(training.sum()),
        "median_macro_f1": {name: round(statistics.median(values), 3) for name, values in found.items()},
        "macro_f1": {name: [round(value, 3) for value in values] for name, values in found.items()},
        "seeds_better_than_10_nn": sum(a > b for a, b in zip(ours, nearest, strict=True)),
    }


def phenotype(
    X: NDArray[Any], labels: NDArray[np.str_], patients: NDArray[np.str_], n_folds: int, *, seeds: int
) -> Report:
    runs: dict[str, list[Report]] = {}
    classes = np.unique(labels)
    for seed in range(seeds):
        folds = list(
            StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed).split(X, labels, patients)
        )
        for name in ways(len(X), seed):
            probabilities = np.zeros((len(X), len(classes)))
            for training, held_out in folds:
                assert not set(patients[training]) & set(patients[held_out])  # noqa: S101
                model = ways(len(training), seed)[name]
                of = {"groups": patients[training]} if name == "fine-tuned" else {}
                model.fit(X[training], labels[training], **of)
                probabilities[held_out] = model.predict_proba(X[held_out])
            by_cell = score(labels, probabilities, classes)
            by_patient = score_groups(labels, patients, probabilities, classes=classes)
            within = {
                patient: score(labels[patients == patient], probabilities[patients == patient], classes)
                for patient in np.unique(patients)
            }
            runs.setdefault(name, []).append({"cells": by_cell, "patients": by_patient, "within": within})
    return {
        name: {
            "by_cell": _medians([run["cells"] for run in some]),
            "by_patient": _medians([run["patients"] for run in some]),
            "accuracy_within_each_patient": {
                patient: round(statistics.median(run["within"][patient]["accuracy"] for run in some), 3)
                for patient in some[0]["within"]
            },
        }
        for name, some in runs.items()
    }


def _medians(some: list[dict[str, float]]) -> Report:
    return {name: round(statistics.median(one[name] for one in some), 3) for name in some[0]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the real data")
    parser.add_argument("--genes", type=Path, required=True, help="gene embeddings")
    parser.add_argument("--sets", nargs="*", default=list(dict.fromkeys([*TYPES, *PHENOTYPES])))
    parser.add_argument("--fractions", type=float, nargs="*", default=[0.01, 0.1])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    genes = genept.read_embeddings(given.genes)
    report: Report = {"genes": repr(genes), "seeds": given.seeds, "cell types": {}, "phenotypes": {}}
    warnings.simplefilter("ignore", genept.errors.GeneptWarning)
    with threadpool_limits(1):
        for name in tqdm(given.sets, unit="set", disable=None):
            adata = read_h5ad(given.data / "cells" / f"{name}.h5ad")
            genept.tl.embed_cells(adata, genes)
            X = adata.obsm["X_genept_w"]
            if name in TYPES:
                labels = np.asarray(adata.obs[TYPES[name]].astype(str), dtype=str)
                report["cell types"][name] = {
                    str(fraction): cell_types(X, labels, fraction, seeds=given.seeds)
                    for fraction in given.fractions
                }
            if name in PHENOTYPES:
                key, group, n_folds = PHENOTYPES[name]
                labels, patients = (np.asarray(adata.obs[one].astype(str), dtype=str) for one in (key, group))
                report["phenotypes"][f"{name}, {key} by {group}"] = phenotype(
                    X, labels, patients, n_folds, seeds=min(given.seeds, 3)
                )
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
