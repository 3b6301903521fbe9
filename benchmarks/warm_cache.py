"""What the engine costs when every text has its vector in the cache already.

    python benchmarks/warm_cache.py --json

Fills a new cache with as many vectors as the authors have genes, of the width of ada-002, and times runs over
it: all of the engine (hashes, look-up, checksums, order), with the file in the system's own cache.
"""

import argparse
import os
import statistics
import tempfile
import time

import numpy as np
from report import print_report

from genept.encoders import embed_texts
from genept.encoders.protocol import BatchLimits
from genept.encoders.random_control import RandomControl


class Kept(RandomControl):
    """Random vectors that are kept in the cache, which those of the control aren't."""

    is_cached = True
    batch_limits = BatchLimits(texts=500, tokens=1 << 20)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=33_000)
    parser.add_argument("--words", type=int, default=100, help="words in a text")
    parser.add_argument("--dimensions", type=int, default=1536)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    vocabulary = np.array([f"word{i}" for i in range(5000)])
    texts = [" ".join(words) for words in rng.choice(vocabulary, (given.texts, given.words))]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENEPT_CACHE"] = folder
        encoder = Kept(dimensions=given.dimensions)
        started = time.perf_counter()
        cold = embed_texts(encoder, texts)
        filled = time.perf_counter() - started
        seconds = []
        for _ in range(given.repeats):
            started = time.perf_counter()
            warm = embed_texts(encoder, texts)
            seconds.append(time.perf_counter() - started)
            if warm.n_cached != given.texts or not np.array_equal(warm.vectors, cold.vectors):
                raise SystemExit("the cache gave other vectors than were put into it")
        size = sum(file.stat().st_size for file in os.scandir(folder) if file.is_file())
    median = statistics.median(seconds)
    report = {
        "texts": given.texts,
        "dimensions": given.dimensions,
        "cores": os.cpu_count(),
        "seconds_to_fill": round(filled, 2),
        "seconds_warm": [round(one, 3) for one in seconds],
        "seconds_warm_median": round(median, 3),
        "microseconds_a_text": round(1e6 * median / given.texts, 1),
        "cache_mb": round(size / 1e6, 1),
    }
    print_report(report, as_json=given.json)


if __name__ == "__main__":
    main()
