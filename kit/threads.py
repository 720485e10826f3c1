"""How many threads the libraries of linear algebra may use in this process."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def one_thread_for_matrices() -> None:
    """For a worker that serves customers: its matrices are small, and other workers need the other cores.

    Two workers on two cores otherwise wait for each other's threads: a publication takes twice as long. What learns in
    a process of its own is not limited.
    """
    threadpool_limits(1, user_api="blas")
