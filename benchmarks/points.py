"""Measure what a search asks of a space again and again: interpreting, mutating, crossing and counting points.

    python benchmarks/points.py [SPACE ...] [--times 20]

Prints, for every shipped space or those named, the median CPU milliseconds of one call, shapes and constraints checked.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from automl.space import DefaultDecider, Space, made_up_data, shipped_spaces


def median_ms(work: Callable[[], object], times: int) -> float:
    """CPU milliseconds of one call."""
    seconds = []
    for _ in range(times):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return 1000 * statistics.median(seconds)


def main() -> None:
    """Print a line a space."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spaces", nargs="*", default=shipped_spaces())
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    print("| space | interpret | mutate | crossover | size |")
    print("|---|---|---|---|---|")
    for name in options.spaces:
        space, rng = Space.load(name), np.random.default_rng(1)
        inputs, heads = made_up_data(space)
        data = {"inputs": inputs, "heads": heads}
        a, b = (space.sample(rng, **data).params for _ in range(2))
        works = (
            lambda: space.interpret(DefaultDecider(), **data),  # noqa: B023
            lambda: space.mutate(a, rng, **data),  # noqa: B023
            lambda: space.crossover(a, b, rng, **data),  # noqa: B023
            lambda: space.size(inputs),  # noqa: B023
        )
        cells = [f"{median_ms(work, options.times):.1f}" for work in works]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
