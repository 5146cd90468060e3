"""Rows of several inputs: each input by the adapter of its kind, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from automl.config import Arrays, Columns, Port
from automl.data import InputContract, TableContract
from automl.data.several.answers import KINDS, encoded, lacking_answers
from automl.data.several.given import Given, open_given
from automl.export.adapters.base import Adapter, Reading, Shape, Source, Truth
from automl.export.manifest import Output
from automl.tasks.fronts import raw_name

_KIND_OF = {kind: word for word, kind in KINDS.items()}
_VECTOR = 16  # rows that are computed alike wherever they stand, see ``TableAdapter.given``


@dataclass(frozen=True, eq=False, slots=True)
class RawRows:
    """Rows of every input, as its own adapter takes them.

    Attributes:
        by_input: Rows by name, all of one length.
    """

    by_input: Mapping[str, Any]

    def __len__(self) -> int:
        return len(next(iter(self.by_input.values())))

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> RawRows:
        return RawRows({name: values[rows] for name, values in self.by_input.items()})


class SeveralAdapter(Adapter):
    """Rows of several inputs.

    Args:
        adapters: By input.
        contracts: By input.
        columns: By input the columns of the training data's table that held it; none where it was no table.
    """

    def __init__(
        self,
        adapters: Mapping[str, Adapter],
        contracts: Mapping[str, InputContract],
        columns: Mapping[str, Sequence[str]],
    ) -> None:
        self._adapters = adapters
        self._inputs = tuple(_port(name, contract, columns.get(name, ())) for name, contract in contracts.items())

    def source(self, x: Any, reading: Reading) -> Source:
        """A mapping of inputs to rows in memory; a table with paths of pictures, numbers and texts, or its path."""
        given = open_given(x, Columns(encoding=reading.encoding), self._inputs, (), part="test")
        return SeveralSource(self._adapters, given, np.arange(given.rows), reading)

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """See ``labelled_all``."""
        source, truths, _ = self.labelled_all(x, y, {"answer": output}, reading)
        return source, lambda: truths["answer"][source.kept()]

    def labelled_all(
        self, x: Any, y: Any, outputs: Mapping[str, Output], reading: Reading, weights: Any = None
    ) -> tuple[SeveralSource, dict[str, NDArray[Any]], NDArray[np.float64] | None]:
        """Rows to score on; the right answers of every output to all of the source's rows, and how much each counts.

        Args:
            x: As for ``source``.
            y: A mapping of outputs to answers, or those of the only output; None where they are columns of ``x``.
            outputs: What is answered.
            reading: How to read it.
            weights: How much each row counts, (n,), or the column of ``x`` that says so; None: all count alike.

        Raises:
            DataError: There are no answers, or one that the model cannot give.
        """
        column = weights if isinstance(weights, str) else None
        ports = tuple(Port(name, _KIND_OF[each.kind], each.columns) for name, each in outputs.items())
        data = Arrays(x, y, weights=None if column is not None else weights)
        columns = Columns(encoding=reading.encoding, weight=column)
        given = open_given(data, columns, self._inputs, ports, part="test")
        lacking = lacking_answers(given.answers, ports, drop=reading.drop_missing_labels)
        rows = np.flatnonzero(~lacking)
        given = given.only(~lacking)
        targets = {name: output.target() for name, output in outputs.items()}
        kept = encoded(given.answers, ports, like=targets, read=given.read)
        source = SeveralSource(self._adapters, given, rows, reading)
        return source, {name: values for name, (_, values) in kept.items()}, given.weights

    def given(self, rows: Any) -> dict[str, Any]:
        """Those of every input, by names of their own; the last row is repeated up to a multiple of 16."""
        index = np.minimum(np.arange(-(-len(rows) // _VECTOR) * _VECTOR), len(rows) - 1)
        return {
            name: value
            for input_name, adapter in self._adapters.items()
            for name, value in _renamed(input_name, adapter.given(rows[index].by_input[input_name])).items()
        }

    def shapes(self) -> set[Shape]:
        """Of all of them."""
        return {shape for adapter in self._adapters.values() for shape in adapter.shapes()}

    def signature(self) -> dict[str, tuple[Shape, str]]:
        """Those of every input, by names of their own."""
        return {
            name: spec
            for input_name, adapter in self._adapters.items()
            for name, spec in _renamed(input_name, adapter.signature()).items()
        }

    def serve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What each kind does in the graph."""
        ready: dict[str, Any] = {}
        for input_name, adapter in self._adapters.items():
            own = {raw: raw_name(input_name, raw, alone=len(adapter.signature()) == 1) for raw in adapter.signature()}
            ready |= _renamed(input_name, adapter.serve({raw: given[name] for raw, name in own.items()}))
        return ready

    def probe(self, seed: int = 0) -> RawRows:
        """The probes of all inputs side by side, the shorter ones from the beginning again."""
        probes = {name: adapter.probe(seed) for name, adapter in self._adapters.items()}
        index = np.arange(max(map(len, probes.values())))
        return RawRows({name: rows[index % len(rows)] for name, rows in probes.items()})

    def batch_size(self) -> int:
        """That of the largest rows."""
        return min(adapter.batch_size() for adapter in self._adapters.values())


class SeveralSource:
    """Rows of several inputs, read piece by piece; a row's name is its number.

    Args:
        adapters: By input.
        given: The rows.
        numbers: Of the rows where they came from, (n,).
        reading: How to read them.
    """

    column: Literal["path", "row"] = "row"

    def __init__(
        self, adapters: Mapping[str, Adapter], given: Given, numbers: NDArray[np.int64], reading: Reading
    ) -> None:
        self._adapters = adapters
        self._given = given
        self._numbers = numbers
        self._reading = reading
        self._kept: list[NDArray[np.int64]] = []
        self.skipped: list[str] = []

    def batches(self, size: int) -> Iterator[RawRows]:
        """Some rows at a time; a row with a picture that cannot be read is left out where that was asked for."""
        for start in range(0, self._given.rows, size):
            here = np.zeros(self._given.rows, dtype=bool)
            here[start : start + size] = True
            piece = self._given.only(here)
            sources = {
                name: adapter.source(piece.inputs[name], self._reading) for name, adapter in self._adapters.items()
            }
            found = {name: list(source.batches(size)) for name, source in sources.items()}
            self.skipped += [path for source in sources.values() for path in source.skipped]
            kept = {name: source.kept() for name, source in sources.items()}
            shared = np.array(sorted(set.intersection(*(set(rows.tolist()) for rows in kept.values()))), dtype=np.int64)
            if len(shared):
                self._kept.append(start + shared)
                yield RawRows({name: found[name][0][np.searchsorted(kept[name], shared)] for name in found})

    def kept(self) -> np.ndarray:
        """Which of the rows that are asked for can be read; known after ``batches``."""
        return np.concatenate(self._kept) if self._kept else np.zeros(0, np.int64)

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(self._numbers[self.kept()].tolist())


def _renamed(input_name: str, by_raw: Mapping[str, Any]) -> dict[str, Any]:
    alone = len(by_raw) == 1
    return {raw_name(input_name, raw, alone=alone): value for raw, value in by_raw.items()}


def _port(name: str, contract: InputContract, columns: Sequence[str]) -> Port:
    if isinstance(contract, TableContract):
        own = tuple(column.name for column in contract.columns) if contract.named else ()
        return Port(name, "tabular", own or tuple(columns))
    return Port(name, contract.kind, tuple(columns))
