"""Points that are worth ranking: near good ones, between good ones, and anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.search.proposers.base import History, Known
from automl.search.proposers.ground import Ground, Looked, answers_key
from automl.space import Categorical, Domain, FloatRange, PowerOfTwo, Scalar

if TYPE_CHECKING:
    import numpy as np

# How many of each kind.
MUTANTS, MIXED, DRAWN = 120, 20, 40
# Parents: the best trials, better ones more often.
PARENTS = 10
# Chances that a mutant differs in one more answer, and that a number moves a little instead of anywhere.
ONE_MORE, NEAR = 0.35, 0.5
# How far a number moves then, as a share of its range.
STEP = 0.15


@dataclass(frozen=True, slots=True)
class Candidate:
    """A point that was not built yet.

    Attributes:
        answers: Its parameters.
        parent: Number of the trial that it was made from, or None.
    """

    answers: Mapping[str, Scalar]
    parent: int | None


def candidates(
    ground: Ground, best: Sequence[tuple[Known, Looked]], history: History, rng: np.random.Generator
) -> list[Candidate]:
    """New points, each once.

    Args:
        ground: Where they come from.
        best: Trials, the best first.
        history: What is known; it is left out.
        rng: Where chance comes from.
    """
    found: dict[str, Candidate] = {}
    for candidate in _all(ground, best[:PARENTS], rng):
        key = answers_key(candidate.answers)
        if key not in history.answers:
            found.setdefault(key, candidate)
    return list(found.values())


def _all(ground: Ground, best: Sequence[tuple[Known, Looked]], rng: np.random.Generator) -> Iterator[Candidate]:
    for _ in range(MUTANTS):
        known, looked = best[_rank(len(best), rng)]
        changed = _mutated(looked, rng)
        answers = None if changed is None else ground.completed(changed, rng)
        if answers is not None:
            yield Candidate(answers, known.number)
    for _ in range(MIXED if len(best) > 1 else 0):
        (known, one), (_, other) = best[_rank(len(best), rng)], best[_rank(len(best), rng)]
        answers = ground.completed(_mixed(one, other, rng), rng)
        if answers is not None:
            yield Candidate(answers, known.number)
    for _ in range(DRAWN):
        answers = ground.draw(rng)
        if answers is not None:
            yield Candidate(answers, None)


def _rank(count: int, rng: np.random.Generator) -> int:
    """A place among the best, the first ones more likely."""
    return min(int(rng.integers(count)), int(rng.integers(count)))


def _mutated(looked: Looked, rng: np.random.Generator) -> dict[str, Scalar] | None:
    """Answers of which one or more are others, without those that only the old ones asked for."""
    names = [name for name, domain in looked.domains.items() if _is_open(domain)]
    if not names:
        return None
    answers = dict(looked.answers)
    while True:
        name = names[int(rng.integers(len(names)))]
        if name in answers:
            value = _another(looked.domains[name], answers[name], rng)
            answers = {key: old for key, old in answers.items() if not key.startswith(f"{name}=")} | {name: value}
        if rng.random() >= ONE_MORE:
            return answers


def _mixed(one: Looked, other: Looked, rng: np.random.Generator) -> dict[str, Scalar]:
    """Every answer from one of two points (uniform crossover, Syswerda, 1989)."""
    mixed = dict(other.answers)
    mixed.update((name, value) for name, value in one.answers.items() if name not in mixed or rng.random() < 0.5)
    return mixed


def _is_open(domain: Domain) -> bool:
    return len(domain.choices) > 1 if isinstance(domain, Categorical) else domain.low < domain.high


def _another(domain: Domain, value: Scalar, rng: np.random.Generator) -> Scalar:
    """Another value of an open domain: any, or where it is a range, often one close by."""
    near = not isinstance(domain, Categorical) and rng.random() < NEAR
    for _ in range(8):
        drawn = _moved(domain, value, rng) if near else domain.sample(rng)
        if drawn != value:
            return drawn
    return domain.sample(rng)


def _moved(domain: Domain, value: Scalar, rng: np.random.Generator) -> Scalar:
    """A value close by: between the old one and a drawn one, most of the way to the old one."""
    assert not isinstance(domain, Categorical)
    assert isinstance(value, int | float)
    drawn, old = float(domain.sample(rng)), float(value)
    share = STEP * float(rng.random()) * 2
    if isinstance(domain, PowerOfTwo):
        return _next_power(domain, old, drawn)
    moved = old * (drawn / old) ** share if domain.log else old + share * (drawn - old)
    if isinstance(domain, FloatRange) and domain.step is None:
        return domain.settle(min(max(moved, domain.low), domain.high))
    step = domain.step or 1
    direction = 1 if drawn > old else -1
    steps = max(1, round(abs(moved - old) / step))
    return domain.settle(old + direction * steps * step) if drawn != old else domain.settle(old)


def _next_power(domain: PowerOfTwo, old: float, drawn: float) -> int:
    """The next power of two on the way from one to the other."""
    return domain.settle(old * 2 if drawn > old else old / 2 if drawn < old else old)
