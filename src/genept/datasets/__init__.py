"""Where data comes from: a registry with licences and checksums."""

from genept.datasets.pbmc68k import pbmc68k_reduced
from genept.datasets.registry import DATASETS, Dataset

__all__ = ["DATASETS", "Dataset", "pbmc68k_reduced"]
