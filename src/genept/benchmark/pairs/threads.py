"""Linear algebra on one thread."""

from threadpoolctl import threadpool_limits


def one_thread() -> threadpool_limits:
    """Let the linear algebra within use one thread.

    The products here are many and small. More threads gain little on an idle machine, and on a busy one they
    wait for each other (a fit on TF-IDF took 27 seconds of two processors instead of 1.2 of one). Besides,
    sums would depend on their number in the last digits.
    """
    return threadpool_limits(1, user_api="blas")
