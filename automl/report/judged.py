"""What a network got right and wrong on the rows held back from it, output by output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data import ClassTarget, ForecastContract, LabelTarget, NumberTarget
from automl.export.evaluation import ClassScore, Evaluation, score, score_labels, score_numbers
from automl.plots.names import tidy
from automl.report.answers import HeldOut
from automl.report.figures import (
    confusion_picture,
    numbers_picture,
    reliability,
    reliability_picture,
)
from automl.report.forecasts import judged_forecasts
from automl.report.parts import Drawing, Facts, Part, Section, Table, Text, Tiles
from automl.report.shown import tiles
from automl.report.words import number, share

Array = NDArray[Any]

SHOWN = 12  # rows that went worst
_CLASSES = 24  # more than that is no table for a page
_PAIRS = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """One output's part of the report, by the section that it stands in."""

    result: Sequence[Part]
    mistakes: Sequence[Part] = ()
    sureness: Sequence[Part] = ()


def sections(held: HeldOut) -> list[Section]:
    """The chapters about the answers; of several outputs one after the other."""
    found = []
    several = len(held.answers) > 1
    for place, (name, answers) in enumerate(held.answers.items()):
        judged = _judged(held, name, answers, f"o{place}")
        of = f": {name}" if several else ""
        for key, title, parts in (
            ("right", "Right and wrong", judged.result),
            ("worst", "Worst mistakes", judged.mistakes),
            ("sure", "How sure it is", judged.sureness),
        ):
            if parts:
                found.append(Section(f"{key}-{place}" if several else key, f"{title}{of}", parts))
    return found


def _judged(held: HeldOut, name: str, answers: Array, prefix: str) -> Judged:
    target = held.prepared.targets[name]
    truth, weights = np.asarray(held.rows.targets[name]), held.rows.weights
    contract = next(iter(held.prepared.contracts.values()))
    if isinstance(contract, ForecastContract):
        return Judged(judged_forecasts(held, truth, answers, contract, prefix))
    match target:
        case ClassTarget():
            return _classes(held, target, truth, answers, weights, prefix)
        case LabelTarget():
            return _labels(held, target, truth, answers, weights, prefix)
        case NumberTarget():
            return _numbers(held, target, truth, answers, weights, prefix)


def _classes(
    held: HeldOut, target: ClassTarget, truth: Array, answers: Array, weights: Array | None, prefix: str
) -> Judged:
    names = [str(each) for each in target.classes]
    found = score(truth, answers, np.array(target.classes), weights=weights)
    said, sure = answers.argmax(axis=1), answers.max(axis=1)
    right = said == truth
    confusion = np.array(found.confusion)
    parts: list[Part] = [_scores(found)]
    if len(names) <= _CLASSES:
        drawn = confusion_picture(confusion, names, "Confusion matrix")
        parts.append(Drawing(drawn.inline(f"{prefix}c"), f"{drawn.text} A row is the truth, a column the answer."))
    parts += [*_pairs(confusion, names), _by_class(found.per_class, "class")]
    wrong = np.flatnonzero(~right)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:SHOWN]
    told = [(f"is {names[truth[row]]}", f"answered {names[said[row]]}, {share(sure[row])}") for row in worst]
    calibrated = reliability(sure, right)
    return Judged(parts, _worst(held, worst, told, f"{len(wrong):,} of {len(truth):,} rows"), _sure(calibrated, prefix))


def _labels(
    held: HeldOut, target: LabelTarget, truth: Array, answers: Array, weights: Array | None, prefix: str
) -> Judged:
    names = np.array([str(each) for each in target.classes])
    found = score_labels(truth, answers, np.array(target.classes), weights=weights)
    has, said = truth > 0, answers >= 0.5
    wrong = (has != said).sum(axis=1)
    surprise = np.where(has, -np.log(np.clip(answers, 1e-7, 1)), -np.log(np.clip(1 - answers, 1e-7, 1))).sum(axis=1)
    worst = np.lexsort((-surprise, -wrong))[: min(SHOWN, int((wrong > 0).sum()))]
    told = [
        (f"has {_list(names[has[row]])}", f"answered {_list(names[said[row]])}, {wrong[row]} labels wrong")
        for row in worst
    ]
    chances = np.where(said, answers, 1 - answers).ravel()
    calibrated = reliability(chances, (has == said).ravel())
    mistakes = _worst(held, worst, told, f"{int((wrong > 0).sum()):,} of {len(truth):,} rows")
    return Judged([_scores(found), _by_class(found.per_class, "label")], mistakes, _sure(calibrated, prefix))


def _numbers(
    held: HeldOut, target: NumberTarget, truth: Array, answers: Array, weights: Array | None, prefix: str
) -> Judged:
    found = score_numbers(truth, answers, target.columns, weights=weights)
    rows = [[each.column, number(each.rmse), number(each.mae), number(each.r2)] for each in found.per_column]
    parts: list[Part] = [_scores(found)]
    if len(rows) > 1:
        parts.append(Table("By number", ["number", "RMSE", "MAE", "R2"], rows, frozenset({1, 2, 3})))
    for place, column in enumerate(target.columns[:4]):
        drawn = numbers_picture(truth[:, place], answers[:, place], column)
        parts.append(Drawing(drawn.inline(f"{prefix}n{place}"), f"{column}: {drawn.text}"))
    spread = np.maximum(truth.std(axis=0), 1e-12)
    off = np.abs(answers - truth) / spread
    worst = np.argsort(-off.max(axis=1), kind="stable")[: min(SHOWN, -(-len(truth) // 2))]
    told = [
        tuple(
            f"{tidy(column)} {number(truth[row, at])}, answered {number(answers[row, at])}"
            for at, column in enumerate(target.columns[:4])
        )
        for row in worst
    ]
    return Judged(parts, _worst(held, worst, told, "The rows that are farthest off"))


def _scores(found: Evaluation) -> Facts:
    told: list[tuple[str, str]] = [("rows", f"{found.rows:,}")]
    return Facts(told + [(name.replace("_", " "), number(value)) for name, value in found.metrics.items()])


def _pairs(confusion: Array, names: Sequence[str]) -> list[Part]:
    mixed = confusion.copy()
    np.fill_diagonal(mixed, 0)
    order = np.argsort(-mixed, axis=None, kind="stable")[:_PAIRS]
    pairs = [np.unravel_index(place, mixed.shape) for place in order]
    rows = [
        [names[row], names[column], f"{mixed[row, column]:,}", share(mixed[row, column] / confusion[row].sum())]
        for row, column in pairs
        if mixed[row, column]
    ]
    if not rows:
        return [Text("No row was answered wrong.")]
    header = ["truth", "answer", "rows", "of the class"]
    return [Table("Most frequent mistakes", header, rows, frozenset({2, 3}))]


def _by_class(scores: Sequence[ClassScore], what: str) -> Table:
    shown = sorted(scores, key=lambda each: each.f1)[:_CLASSES] if len(scores) > _CLASSES else scores
    rows = [[str(e.label), f"{e.rows:,}", share(e.precision), share(e.recall), number(e.f1)] for e in shown]
    caption = f"By {what}" if len(shown) == len(scores) else f"The {len(shown)} worst of {len(scores)}"
    return Table(caption, [what, "rows", "precision", "recall", "F1"], rows, frozenset({1, 2, 3, 4}))


def _worst(held: HeldOut, rows: Array, told: Sequence[Sequence[str]], how_many: str) -> list[Part]:
    if not len(rows):
        return [Text("There is none on the rows held back.")]
    first = f"{how_many} went wrong; those that it was surest about come first."
    if how_many.startswith("The"):
        first = f"{how_many}, measured by how much each number varies."
    return [Text(first), Tiles(tiles(held.prepared, held.index[rows], told))]


def _sure(found: Any, prefix: str) -> list[Part]:
    drawn = reliability_picture(found)
    return [
        Text("When the network says 80 %, about 80 % of such answers should be right."),
        Drawing(drawn.inline(f"{prefix}s"), drawn.text),
    ]


def _list(names: Array) -> str:
    return ", ".join(names.tolist()) or "none"
