"""What the vectors are worth."""

from genept.benchmark.representation import RepresentationScores, score_representation

__all__ = ["RepresentationScores", "score_representation"]
