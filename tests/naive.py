"""GenePT-w and GenePT-s as plain loops in float64, written from the paper's description alone."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def genept_w(
    counts: NDArray[np.number],
    names: Sequence[str],
    vectors: Mapping[str, NDArray[np.floating]],
    *,
    logged: bool = False,
) -> NDArray[np.float64]:
    dimensions = len(next(iter(vectors.values())))
    out = []
    for cell in counts:
        library = 0.0
        for value in cell:
            library += float(value)
        total = [0.0] * dimensions
        for name, value in zip(names, cell, strict=True):
            if name not in vectors or value == 0:
                continue
            weight = float(value) if logged else math.log(1 + float(value) * 10_000 / library)
            for k in range(dimensions):
                total[k] += weight * float(vectors[name][k])
        norm = math.sqrt(sum(x * x for x in total))
        out.append([x / norm if norm > 0 else 0.0 for x in total])
    return np.array(out)


def sentence(cell: Sequence[float], names: Sequence[str], limit: int = 1000) -> str:
    words: list[str] = []
    left = [(float(value), position) for position, value in enumerate(cell) if value > 0]
    while left and len(words) < limit:
        best = left[0]
        for candidate in left:
            if candidate[0] > best[0]:
                best = candidate
        left.remove(best)
        name = names[best[1]]
        if name != "" and name not in words:
            words.append(name)
    return " ".join(["A cell with genes ranked by expression:", *words])


def coverage(counts: NDArray[np.number], names: Sequence[str], known: set[str]) -> tuple[list[float], float]:
    per_cell, found, total = [], 0.0, 0.0
    for cell in counts:
        inside = sum(float(v) for v, name in zip(cell, names, strict=True) if name in known)
        whole = sum(float(v) for v in cell)
        per_cell.append(inside / whole if whole else 0.0)
        found, total = found + inside, total + whole
    return per_cell, found / total
