"""Figures."""

from genept.pl.confusion import confusion_matrix
from genept.pl.roc import roc_curves
from genept.pl.score_chart import scores
from genept.pl.umap import umap

__all__ = ["confusion_matrix", "roc_curves", "scores", "umap"]
