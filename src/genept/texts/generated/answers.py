"""The SQLite file of generated texts."""

from pathlib import Path

from genept.datasets.cache import cache_folder
from genept.remote.chat.answer_cache import TABLE, are_sound
from genept.sqlite_file import SQLiteFile


def answers_path() -> Path:
    """Where the file of answers lies: beside the folder of fetched files."""
    return cache_folder().parent / "generated.sqlite"


def answers_file() -> SQLiteFile:
    """Describe the file of answers."""
    return SQLiteFile(answers_path(), "the file of generated texts", ((TABLE,),), are_sound)
