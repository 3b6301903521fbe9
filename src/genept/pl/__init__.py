"""Figures."""

from genept.pl.umap import umap

__all__ = ["umap"]
