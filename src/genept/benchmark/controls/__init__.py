"""What any gene embedding must beat: vectors without the text, without its sense, or without the encoder."""

from genept.benchmark.controls.every import make_controls
from genept.benchmark.controls.expression import expression_pca
from genept.benchmark.controls.names_alone import names_alone
from genept.benchmark.controls.of_texts import number_of_words, tfidf
from genept.benchmark.controls.without_texts import random_vectors, shuffled_texts

__all__ = [
    "expression_pca",
    "make_controls",
    "names_alone",
    "number_of_words",
    "random_vectors",
    "shuffled_texts",
    "tfidf",
]
