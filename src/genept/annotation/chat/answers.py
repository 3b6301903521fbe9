"""The SQLite file of what models said of clusters."""

from pathlib import Path

from genept.datasets.cache import cache_folder
from genept.remote.chat.answer_cache import TABLE, are_sound
from genept.sqlite_file import SQLiteFile


def answers_path() -> Path:
    """Where the file of answers lies: beside the folder of fetched files."""
    return cache_folder().parent / "cell_types.sqlite"


def answers_file() -> SQLiteFile:
    """Describe the file of answers."""
    return SQLiteFile(answers_path(), "the file of cell types that models named", ((TABLE,),), are_sound)
