"""Milliseconds to assemble and to summarize a network of 50 layers, without Keras.

python benchmarks/summarize.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from automl.arch import Architecture, Input, Node, summarize

LAYERS = 50
ROUNDS = 50


def main() -> None:
    """Print the median and the best of ROUNDS for a chain and for a network of branches."""
    for name, nodes in {"chain": chain(), "residual": residual()}.items():
        architecture = assembled(nodes)
        rows: dict[str, Callable[[], object]] = {
            "assemble": lambda nodes=nodes: assembled(nodes),  # type: ignore[misc]
            "summarize": lambda given=architecture: summarize(given),  # type: ignore[misc]
            "fingerprint": lambda given=architecture: given.fingerprint,  # type: ignore[misc]
        }
        for what, work in rows.items():
            times = sorted(milliseconds(work) for _ in range(ROUNDS))
            print(f"{name:9} {what:12} median {statistics.median(times):6.2f} ms  best {times[0]:6.2f} ms")


def assembled(nodes: list[Node]) -> Architecture:
    """The network of the nodes, the last of which is its output."""
    return Architecture.assemble({"image": Input((32, 32, 3))}, nodes, {"label": nodes[-1].id})


def chain() -> list[Node]:
    """Convolution, normalisation and activation in turn, then a head."""
    nodes = [Node("x0", "conv", {"filters": 8}, ("image",))]
    for i in range(1, LAYERS - 1):
        op, args = [("conv", {"filters": 8 + i}), ("bn", {}), ("relu", {})][i % 3]
        nodes.append(Node(f"x{i}", op, args, (f"x{i - 1}",)))
    return [*nodes, Node("head", "head", {"units": 10}, (nodes[-1].id,))]


def residual() -> list[Node]:
    """Twelve residual blocks of four layers between a stem and a head."""
    nodes = [Node("x0", "conv", {"filters": 16}, ("image",))]
    for i in range((LAYERS - 2) // 4):
        nodes += [
            Node(f"a{i}", "conv", {"filters": 16, "use_bias": False}, (f"x{i}",)),
            Node(f"b{i}", "bn", {}, (f"a{i}",)),
            Node(f"c{i}", "add", {}, (f"b{i}", f"x{i}")),
            Node(f"x{i + 1}", "relu", {}, (f"c{i}",)),
        ]
    return [*nodes, Node("head", "head", {"units": 10}, (nodes[-1].id,))]


def milliseconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes once."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
