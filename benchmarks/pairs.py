"""Logistic regression on sums of two genes' vectors: ours against scikit-learn's on the matrix of the sums.

    python benchmarks/pairs.py --json
    python benchmarks/pairs.py --json --genes minilm.h5ad --widths 1536 --repeats 3

The pairs are all of the GGI training set. The vectors are those of ``--genes``, each file at its own width,
and for each of ``--widths`` the TF-IDF of NCBI's gene summaries, projected on as many random directions, to
unit norm: real texts, correlated dimensions. A gene without a vector gets that of another one, drawn at
random, so that all pairs take part; scores mean nothing, then, but nor are they looked at.

All ways take turns, each in a process of its own. Seconds are those of ``fit``; making the matrix is told
apart. Peak memory is what the process held at most (VmHWM of Linux), less what it held with its libraries,
vectors and pairs before. Objectives are all worked out here, in float64, from the coefficients.

``scikit_learn`` is LogisticRegression (lbfgs) on float64 sums, with a tolerance at which it comes within
1e-6 of the least objective; on float32 sums it stopped above whatever the tolerance (5.6e-6 on vectors of
minilm). ``scikit_learn_newton`` is its other solver for many pairs; ``scikit_learn_defaults`` has all
defaults, which stop early, and float32 sums. A turn takes minutes, and with files of an embedding model,
whose dimensions are more correlated, ten.
"""

import argparse
import gzip
import multiprocessing
import os
import statistics
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from report import print_report
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

import genept
from genept.benchmark.pairs import PairLogisticRegression
from genept.genes import GeneTable

DATA = Path(os.environ.get("GENEPT_REALDATA", Path(__file__).parents[2] / "shared" / "data"))
NCBI = Path("mirror", "ncbi", "gene", "DATA")
Report = dict[str, Any]
# Way to the type of its matrix, and how LogisticRegression is made.
THEIRS: dict[str, tuple[type[np.floating], Report]] = {
    "scikit_learn": (np.float64, {"tol": 1e-7, "max_iter": 10_000}),
    "scikit_learn_newton": (np.float64, {"solver": "newton-cholesky", "tol": 1e-6}),
    "scikit_learn_defaults": (np.float32, {}),
}


def read_pairs(folder: Path) -> tuple[list[tuple[str, str]], NDArray[np.intp]]:
    # Plain splitting: to a reader of tables, the gene called NA would be a missing value.
    lines = (folder / "train_text.txt").read_text(encoding="utf-8").splitlines()
    labels = (folder / "train_label.txt").read_text(encoding="utf-8").split()
    return [(a, b) for a, b in map(str.split, lines)], np.array(labels, dtype=np.intp)


def summaries(folder: Path) -> tuple[GeneTable, list[str]]:
    """Read the genes that have a summary, and it."""
    with gzip.open(folder / "gene_summary.gz", "rt", encoding="utf-8") as file:
        texts = {row[1]: row[3] for row in (line.rstrip("\n").split("\t") for line in file)}
    with gzip.open(folder / "GENE_INFO/Mammalia/Homo_sapiens.gene_info.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in (line.split("\t") for line in file) if row[1] in texts and row[1].isdigit()]
    table = GeneTable(tuple(row[2] for row in rows), aliases=tuple(tuple(row[4].split("|")) for row in rows))
    return table, [texts[row[1]] for row in rows]


def projected(texts: list[str], width: int) -> NDArray[np.float32]:
    weights = TfidfVectorizer(sublinear_tf=True, dtype=np.float32).fit_transform(texts)
    directions = np.random.default_rng(0).standard_normal((weights.shape[1], width), dtype=np.float32)
    return np.asarray(normalize(weights @ directions))


def rows_of(names: list[str], genes: GeneTable) -> tuple[NDArray[np.intp], int]:
    """Find a row for each name, and say how many have one of their own."""
    rows = genes.locate(names)
    missing = rows < 0
    rows[missing] = np.random.default_rng(0).integers(0, len(genes), missing.sum())
    return rows, int((~missing).sum())


def held(what: str) -> int:
    return 1024 * int(Path("/proc/self/status").read_text().split(f"{what}:")[1].split()[0])


def run(way: str, folder: Path, C: float) -> Report:
    vectors, pairs, labels = (np.load(folder / f"{name}.npy") for name in ("vectors", "pairs", "labels"))
    few = np.append(np.flatnonzero(labels == 1)[:50], np.flatnonzero(labels == 0)[:50])
    fit(way, vectors[:, :8].copy(), pairs[few], labels[few], C)  # what libraries load on first use
    # Forget the peak so far.
    Path("/proc/self/clear_refs").write_text("5")
    before = held("VmRSS")
    report = fit(way, vectors, pairs, labels, C)
    return {**report, "peak_bytes": held("VmHWM") - before}


def fit(
    way: str, vectors: NDArray[np.float32], pairs: NDArray[np.intp], labels: NDArray[np.intp], C: float
) -> Report:
    started = time.perf_counter()
    if way == "ours":
        ours = PairLogisticRegression("sum", C).fit(vectors, pairs, labels)
        took = time.perf_counter() - started
        return {
            "seconds": took,
            "making": 0.0,
            "steps": ours.n_iter_,
            "point": [*ours.coef_, ours.intercept_],
        }
    dtype, settings = THEIRS[way]
    sums = np.empty((len(pairs), vectors.shape[1]), dtype=dtype)
    for start in range(0, len(pairs), 1024):
        first, second = pairs[start : start + 1024].T
        sums[start : start + 1024] = vectors[first].astype(dtype) + vectors[second]
    made = time.perf_counter()
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        theirs = LogisticRegression(C=C, **settings).fit(sums, labels)
    return {
        "seconds": time.perf_counter() - made,
        "making": made - started,
        "steps": int(theirs.n_iter_[0]),
        "point": [*theirs.coef_[0].astype(float), float(theirs.intercept_[0])],
    }


def objective(folder: Path, point: list[float], C: float) -> float:
    vectors, pairs, labels = (np.load(folder / f"{name}.npy") for name in ("vectors", "pairs", "labels"))
    weights = np.array(point[:-1])
    scores = (vectors.astype(np.float64) @ weights)[pairs].sum(axis=1) + point[-1]
    return float(0.5 * weights @ weights + C * np.logaddexp(0, np.where(labels == 1, -scores, scores)).sum())


def afresh(way: str, folder: Path, C: float) -> Report:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, way, folder, C).result()


def compare(folder: Path, given: argparse.Namespace) -> Report:
    runs: dict[str, list[Report]] = {way: [] for way in ("ours", *THEIRS)}
    for turn in range(given.repeats):
        for way in list(runs)[:: 1 if turn % 2 == 0 else -1]:
            runs[way].append(afresh(way, folder, given.C))
    objectives = {way: objective(folder, some[0]["point"], given.C) for way, some in runs.items()}
    median = {
        what: {way: statistics.median(one[what] for one in some) for way, some in runs.items()}
        for what in ("seconds", "making", "peak_bytes")
    }
    return {
        "seconds": {way: [round(one["seconds"], 2) for one in some] for way, some in runs.items()},
        "median_seconds": {way: round(value, 2) for way, value in median["seconds"].items()},
        "seconds_to_make_the_matrix": {way: round(median["making"][way], 2) for way in THEIRS},
        "steps": {way: some[0]["steps"] for way, some in runs.items()},
        "times_as_fast_as": {
            way: round(
                statistics.median(
                    b["seconds"] / a["seconds"] for a, b in zip(runs["ours"], runs[way], strict=True)
                ),
                1,
            )
            for way in THEIRS
        },
        "objective": objectives,
        "objective_above_ours": {
            way: (objectives[way] - objectives["ours"]) / objectives["ours"] for way in THEIRS
        },
        "peak_mb": {way: round(value / 1e6, 1) for way, value in median["peak_bytes"].items()},
        "share_of_their_memory": {
            way: round(median["peak_bytes"]["ours"] / median["peak_bytes"][way], 4) for way in THEIRS
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the real data")
    parser.add_argument("--genes", type=Path, nargs="*", default=[], help="files of gene embeddings")
    parser.add_argument("--widths", type=int, nargs="*", default=[384, 1536])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--C", type=float, default=1.0)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    names, labels = read_pairs(given.data / "tasks" / "ggi")
    known = sorted({name for pair in names for name in pair})
    report: Report = {"pairs": len(names), "genes": len(known), "C": given.C, "cores": os.cpu_count()}
    table, texts = summaries(given.data / NCBI) if given.widths else (GeneTable(()), [])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        np.save(folder / "labels.npy", labels)
        for source in [*given.genes, *given.widths]:
            if isinstance(source, Path):
                embeddings = genept.read_embeddings(source)
                genes, vectors, title = embeddings.genes, embeddings.vectors, source.name
            else:
                genes, vectors, title = table, projected(texts, source), f"projected TF-IDF, {source}"
            rows, own = rows_of(known, genes)
            row = dict(zip(known, rows.tolist(), strict=True))
            np.save(folder / "pairs.npy", np.array([(row[a], row[b]) for a, b in names]))
            np.save(folder / "vectors.npy", vectors)
            report[title] = {
                "vectors": vectors.shape,
                "genes_with_a_vector_of_their_own": own,
                **compare(folder, given),
            }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
