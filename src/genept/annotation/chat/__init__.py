"""Cell types of clusters by a chat model, which is given their marker genes."""

from genept.annotation.chat.estimate import Estimate
from genept.annotation.chat.marker_genes import rank_markers
from genept.annotation.chat.naming import ClusterNaming, NamedCluster
from genept.annotation.chat.own_markers import own_markers
from genept.annotation.chat.verdict import Verdict

__all__ = ["ClusterNaming", "Estimate", "NamedCluster", "Verdict", "own_markers", "rank_markers"]
