"""Vectors with groups that are known, and programs of genes of one letter."""

import numpy as np

from genept import GeneEmbeddings, GeneTable
from genept.genes import GenePrograms

SIZES = (14, 12, 11)


def planted(rng: int = 0, *, loners: int = 5) -> GeneEmbeddings:
    """Three groups of genes around three directions, and some genes on their own."""
    generator = np.random.default_rng(rng)
    centres = np.eye(40)[: len(SIZES)]
    grouped = np.repeat(centres, SIZES, axis=0) + generator.normal(0, 0.05, (sum(SIZES), 40))
    vectors = 3 * np.vstack([grouped, np.eye(40)[10 : 10 + loners]]).astype(np.float32)
    names = [f"G{group}_{i:02}" for group, size in enumerate(SIZES) for i in range(size)]
    return GeneEmbeddings(GeneTable((*names, *(f"LONE{i}" for i in range(loners)))), vectors)


def programs_of(*members: str, others: str = "") -> GenePrograms:
    """Programs of genes of one letter."""
    symbols = tuple("".join(members) + others)
    numbers = [i for i, some in enumerate(members, start=1) for _ in some] + [0] * len(others)
    return GenePrograms(GeneTable(symbols), np.array(numbers), np.ones(len(symbols)))
