"""Tasks as data: what is to be told apart, and where that is known from."""

from genept.benchmark.tasks.choose import choose_tasks
from genept.benchmark.tasks.described import DescribedTask, read_task
from genept.benchmark.tasks.from_files import FileTask, edge_task, gene_set_tasks
from genept.benchmark.tasks.labels import GeneLabels, PairLabels
from genept.benchmark.tasks.task import Task, get_task, tasks

__all__ = [
    "DescribedTask",
    "FileTask",
    "GeneLabels",
    "PairLabels",
    "Task",
    "choose_tasks",
    "edge_task",
    "gene_set_tasks",
    "get_task",
    "read_task",
    "tasks",
]
