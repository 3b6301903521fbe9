"""Figures."""

from genept.pl.confusion import confusion_matrix
from genept.pl.gene_programs import gene_programs
from genept.pl.label_heatmap import label_heatmap
from genept.pl.roc import roc_curves
from genept.pl.score_chart import scores
from genept.pl.umap import umap

__all__ = ["confusion_matrix", "gene_programs", "label_heatmap", "roc_curves", "scores", "umap"]
