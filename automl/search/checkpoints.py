"""Which trials' files stay on the disk: the models of the best few, and what unfinished ones go on from."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path

from automl.jobs import Objective, answers_file
from automl.study import TrialRecord

log = logging.getLogger("automl.search")

KEPT = 3

_NUMBER = re.compile(r"trial-(\d+)\.")


class Checkpoints:
    """Keeps the models of the best trials, with what they say of the validation rows, and removes the others.

    Args:
        directory: Where they are.
        objective: Says which value is better.
        kept: How many are kept.
    """

    def __init__(self, directory: Path, objective: Objective, *, kept: int = KEPT) -> None:
        self._directory, self._sign = directory, 1.0 if objective.direction == "maximize" else -1.0
        self._most = kept
        self._kept: dict[int, float] = {}

    def model(self, number: int) -> Path:
        """The model file of trial ``number``."""
        return self._directory / f"trial-{number}.keras"

    def state(self, number: int) -> Path:
        """What trial ``number`` goes on from after a crash or a pause."""
        return self._directory / f"trial-{number}.state.npz"

    def restore(self, records: Iterable[TrialRecord]) -> None:
        """Know what an earlier session kept, and remove what it would have removed, had it not been killed.

        Args:
            records: Of all trials, in the order in which they would be in an undisturbed search.
        """
        needed = set()
        for record in records:
            if record.state == "complete" and record.value is not None and self.model(record.number).is_file():
                self.keep(record.number, record.value)
            elif record.state in ("paused", "queued"):
                needed |= {record.number} if record.parent is None else {record.number, record.parent}
        for file in self._directory.glob("trial-*"):
            if (found := _NUMBER.match(file.name)) and int(found[1]) not in needed | self._kept.keys():
                _remove(file)

    def keep(self, number: int, value: float) -> None:
        """Keep the model of a trial that ended with ``value`` while it is among the best; the earlier wins a tie."""
        self._kept[number] = value
        if len(self._kept) > self._most:
            worst = min(reversed(self._kept), key=self._goodness)
            del self._kept[worst]
            self.drop(worst)

    def best(self) -> int | None:
        """The best of the trials whose models are kept, the earliest of equal ones; None before there is one."""
        return max(self._kept, key=self._goodness, default=None)

    def drop(self, number: int) -> None:
        """Remove the files of trial ``number``, if there are any."""
        _remove(self.model(number))
        _remove(answers_file(self.model(number)))
        _remove(self.state(number))

    def hand_over(self, parent: int, number: int) -> None:
        """Let trial ``number`` go on from the state of the trial whose parameters it tries once more."""
        if self.state(parent).is_file():
            self.state(parent).replace(self.state(number))
        self.drop(parent)

    def _goodness(self, number: int) -> float:
        return self._sign * self._kept[number]


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:  # a search does not end over a file too many
        log.warning("cannot remove %s: %s", file, error)
