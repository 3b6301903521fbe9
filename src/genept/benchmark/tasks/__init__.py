"""Tasks as data: what is to be told apart, and where that is known from."""

from genept.benchmark.tasks.described import DescribedTask, read_task
from genept.benchmark.tasks.labels import GeneLabels, PairLabels
from genept.benchmark.tasks.task import Task, get_task, tasks

__all__ = ["DescribedTask", "GeneLabels", "PairLabels", "Task", "get_task", "read_task", "tasks"]
