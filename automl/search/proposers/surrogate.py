"""A model of what is known ranks many points before one of them is trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from automl.errors import SpaceError
from automl.search.proposers.base import History, Known, Point
from automl.search.proposers.candidates import Candidate, candidates
from automl.search.proposers.features import Matrix, answer_columns, graph_columns, scaled
from automl.search.proposers.ground import Ground, Looked
from automl.search.proposers.models import GaussianProcess, Trees, expected_improvement, levelled

if TYPE_CHECKING:
    from automl.space import Domain

# Trials that a model learns from: the best of all, and the latest of the others. More would make it slow.
BEST, LATEST = 50, 50
# Points that are built for the second look.
BUILT = 10
# Trees beside the Gaussian process, from so many trials on.
TREES, TREES_FROM = 20, 90


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A trial that the model learns from."""

    known: Known
    looked: Looked
    value: float


@dataclass(frozen=True, slots=True)
class Surrogate:
    """Expected improvement over mutants of the best trials and random points, in two looks.

    The first look compares a few hundred points by their answers, without building any; the second builds the most
    promising ones and also sees what the networks are: how large, how deep, how wide, of which layers. A Gaussian
    process judges in both, and with enough trials a tree ensemble beside it in the second.

    Trials that were stopped early count with the value that they had reached: those that would have been better were
    not stopped. Failed ones count as the worst, and those whose end is not known as the model thinks that they will end
    ("kriging believer", Ginsbourger et al., 2010), so that no other is proposed beside them.

    Attributes:
        ground: Where points come from.
        least: Judged trials before there is anything to learn.
        trees: Trees of the ensemble; 0 for none.
    """

    ground: Ground
    least: int = 4
    trees: int = TREES

    def propose(self, history: History, rng: np.random.Generator) -> Point | None:
        """The most promising point that is allowed and new; None where too little is known."""
        if len(history.judged) < self.least:
            return None
        # The workers have all the cores: threads that wait for each other over small matrices cost ten times as much.
        with threadpool_limits(limits=1):
            return self._best(history, rng)

    def _best(self, history: History, rng: np.random.Generator) -> Point | None:
        lessons = self._lessons(history)
        best = sorted((each for each in lessons if each.known.state == "judged"), key=lambda each: -each.value)
        found = candidates(self.ground, [(each.known, each.looked) for each in best], history, rng)
        pending = self._recalled(trial for trial in history.trials if trial.state == "pending")
        built = self._built(self._first_look(lessons, pending, found), found, history)
        if not built:
            return None
        second = self._second_look(lessons, pending, [looked for _, looked in built], rng)
        candidate, looked = built[int(np.argmax(second))]
        return Point(looked, "surrogate", candidate.parent)

    def _lessons(self, history: History) -> list[_Lesson]:
        """What there is to learn from, in order."""
        worst = min(value for _, value in history.judged)
        valued = [
            (trial, worst if trial.value is None else trial.value)
            for trial in history.trials
            if trial.state in ("judged", "failed")
        ]
        by_value = sorted(range(len(valued)), key=lambda index: -valued[index][1])
        best = set(by_value[:BEST])
        rest = [index for index in range(len(valued)) if index not in best][-LATEST:]
        chosen = [valued[index] for index in sorted([*best, *rest])]
        return [_Lesson(known, looked, value) for known, value in chosen for looked in self._recalled([known])]

    def _recalled(self, trials: Iterable[Known]) -> list[Looked]:
        found = []
        for trial in trials:
            try:
                found.append(self.ground.recall(trial.answers))
            except SpaceError:  # a trial of a space that was another one
                continue
        return found

    def _first_look(
        self, lessons: Sequence[_Lesson], pending: Sequence[Looked], found: Sequence[Candidate]
    ) -> Sequence[int]:
        """Indices of the candidates, the most promising by its answers first."""
        domains: dict[str, Domain] = {}
        for looked in [*(each.looked for each in lessons), *pending]:
            domains |= looked.domains
        known = [each.looked.answers for each in lessons]
        points = [*known, *(looked.answers for looked in pending), *(each.answers for each in found)]
        gains = _gains(answer_columns(points, domains), _values(lessons), len(pending))
        return [int(index) for index in np.argsort(-gains, kind="stable")]

    def _built(
        self, order: Sequence[int], found: Sequence[Candidate], history: History
    ) -> list[tuple[Candidate, Looked]]:
        """The first few that are allowed and new."""
        built: list[tuple[Candidate, Looked]] = []
        for index in order:
            looked = self.ground.allowed(found[index].answers)
            if looked is not None and not history.knows(looked):
                built.append((found[index], looked))
            if len(built) == BUILT:
                break
        return built

    def _second_look(
        self, lessons: Sequence[_Lesson], pending: Sequence[Looked], built: Sequence[Looked], rng: np.random.Generator
    ) -> Matrix:
        """How promising the points are by their answers and their networks."""
        points = [*(each.looked for each in lessons), *pending, *built]
        domains: dict[str, Domain] = {}
        for looked in points:
            domains |= looked.domains
        answers = answer_columns([looked.answers for looked in points], domains)
        graph = scaled(graph_columns([looked.summary for looked in points]), len(lessons))
        rows = np.concatenate([answers, graph], axis=1)
        seed = int(rng.integers(2**32))
        trees = self.trees if len(lessons) >= TREES_FROM else 0
        return _gains(rows, _values(lessons), len(pending), trees=trees, seed=seed)


def _values(lessons: Sequence[_Lesson]) -> Matrix:
    return levelled(np.array([each.value for each in lessons]))


def _gains(rows: Matrix, values: Matrix, pending: int, *, trees: int = 0, seed: int = 0) -> Matrix:
    """Expected improvement of the rows behind those whose values are known and those that are pending."""
    known = len(values)
    model = GaussianProcess(rows[:known], values)
    if pending:
        believed, _ = model.predict(rows[known : known + pending])
        values = np.concatenate([values, believed])
        model.learn_more(rows[known : known + pending], believed)
    asked = rows[known + pending :]
    best = float(model.predict(rows[: known + pending])[0].max())
    mean, deviation = model.predict(asked)
    if trees:
        other, spread = Trees(rows[: known + pending], values, trees=trees, seed=seed).predict(asked)
        mean, deviation = (mean + other) / 2, np.sqrt((deviation**2 + spread**2) / 2)
    return expected_improvement(mean, deviation, best)
