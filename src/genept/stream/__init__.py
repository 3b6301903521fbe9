"""Cells from file to file, in memory that doesn't grow with their number."""

from genept.stream.file_to_file import embed_file
from genept.stream.sentences_of_file import sentences_of_file

__all__ = ["embed_file", "sentences_of_file"]
