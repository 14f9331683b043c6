"""`python -m scheduling.bench`: the benchmark, which lives beside the tests because it starts a PostgreSQL of its own."""

import runpy
import sys

if __name__ == "__main__":
    try:
        runpy.run_module("tests.scheduling.bench", run_name="__main__")
    except ModuleNotFoundError as error:
        sys.exit(f"the benchmark needs the project's tests and their packages: {error}")
