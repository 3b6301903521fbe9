"""Where data comes from: a registry with licences and checksums, and a cache of what was fetched."""

from genept.datasets.cache import Fetched, locate
from genept.datasets.dataset import Dataset
from genept.datasets.fetch import fetch
from genept.datasets.pbmc68k import pbmc68k_reduced
from genept.datasets.registry import DATASETS

__all__ = ["DATASETS", "Dataset", "Fetched", "fetch", "locate", "pbmc68k_reduced"]
