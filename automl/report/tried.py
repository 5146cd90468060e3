"""What the search tried: the best network, how it learned, the history, the leaderboard, what failed."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Mapping

from automl.arch import Architecture
from automl.arch.draw import draw
from automl.errors import AutoMLError, StudyError
from automl.plots import plot
from automl.progress.words import KINDS, duration, readable, size
from automl.report.parts import Drawing, Facts, Image, Part, Section, Table, Text
from automl.report.words import number
from automl.study import RunRecord, StudyReader, TrialDetail, TrialRecord

_TOP = 10
_FAILED = 20
_NUMBERS = re.compile(r"[0-9][0-9.,]*")


def network(best: TrialDetail) -> Section:
    """The best network, drawn, and how it was trained."""
    parts: list[Part] = []
    try:
        svg = draw(Architecture.from_json(best.architecture or {}), title=f"trial {best.number}")
        said = f"The network of trial {best.number}, drawn: {best.description}"
        source = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
        width = svg.partition('width="')[2].partition('"')[0]
        parts.append(Image(source, said, int(width) if width.isdigit() else 0))
    except (AutoMLError, KeyError, TypeError, ValueError) as error:  # layers of someone's own that are not imported
        parts.append(Text(f"The network cannot be drawn: {error}", quiet=True))
    training = {name: value for name, value in (best.training or {}).items() if value not in (None, {})}
    facts = [(name.replace("_", " "), _said(value)) for name, value in training.items()]
    facts += [("best epoch", f"{best.best_epoch} of {best.epochs}"), ("parameters", f"{best.parameters or 0:,}")]
    facts += [("FLOPs of one row", size(best.flops)), ("proposed by", best.proposed_by or "-")]
    return Section("network", "The best network", [*parts, Facts(facts)])


def search(study: StudyReader, *, light: bool = False) -> list[Section]:
    """How the networks learned, and how the search went; ``light`` leaves out what the score depends on."""
    found = [
        _drawn(study, "curves", "Learning curves", ["curves"]),
        _drawn(study, "history", "History of the search", ["history", "timeline"]),
        None if light else _drawn(study, "importance", "What the score depends on", ["importance", "slice"]),
        _drawn(study, "size", "Size against score", ["pareto"]),
    ]
    return [section for section in found if section is not None]


def _drawn(study: StudyReader, key: str, title: str, kinds: list[str]) -> Section:
    parts: list[Part] = []
    for kind in kinds:
        try:
            picture = plot(study, kind)
        except StudyError as error:
            parts.append(Text(_sentence(error), quiet=True))
            continue
        parts.append(Drawing(picture.inline(f"p{kind}"), picture.text))
    return Section(key, title, parts)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def leaderboard(run: RunRecord, trials: list[TrialRecord]) -> Section:
    """The best networks.

    Args:
        run: The search.
        trials: Complete ones, the best first.
    """
    rows = [
        [
            str(trial.number),
            number(trial.value),
            str(trial.epochs),
            duration(trial.total_seconds),
            size(trial.parameters),
            trial.description,
        ]
        for trial in trials[:_TOP]
    ]
    header = ["trial", run.objective, "epochs", "time", "size", "network"]
    caption = f"The best {len(rows)} of {len(trials)} complete trials" if len(trials) > 1 else "The only complete trial"
    return Section(
        "leaderboard", "Leaderboard", [Table(caption, header, rows, frozenset({1, 2, 3, 4}), frozenset({2, 3}), True)]
    )


def failures(trials: list[TrialRecord]) -> Section:
    """How trials ended, and what went wrong."""
    states = Counter(trial.state for trial in trials)
    told = ", ".join(f"{count} {state}" for state, count in states.most_common())
    parts: list[Part] = [Text(f"{len(trials)} trials: {told}.")]
    failed = [trial for trial in trials if trial.state in ("failed", "orphaned")]
    parts += _listed("Failed", failed, lambda trial: (_kind(trial), trial.failure_message, trial.failure_advice))
    infeasible = [readable(trial.reason) for trial in trials if trial.state == "infeasible"]
    if infeasible:
        alike = Counter(_NUMBERS.sub("#", reason) for reason in infeasible)
        first = {_NUMBERS.sub("#", reason): reason for reason in reversed(infeasible)}
        rows = [[first[kind], str(count)] for kind, count in alike.most_common(_TOP)]
        parts.append(
            Table(
                "Proposals that could not be built or are not allowed",
                ["why, for example", "how many"],
                rows,
                frozenset({1}),
            )
        )
    if not failed and not infeasible:
        parts.append(Text("No trial failed."))
    return Section("failures", "What failed", parts)


def _kind(trial: TrialRecord) -> str:
    words = {str(kind): told for kind, told in KINDS.items()}
    return words.get(trial.failure_kind, trial.failure_kind or trial.state)


def _listed(caption: str, trials: list[TrialRecord], told: Callable[[TrialRecord], tuple[str, ...]]) -> list[Part]:
    if not trials:
        return []
    rows = [[str(trial.number), *told(trial)] for trial in trials[:_FAILED]]
    more = f", the first {_FAILED} of {len(trials)}" if len(trials) > _FAILED else ""
    return [
        Table(f"{caption}{more}", ["trial", "kind", "what happened", "advice"], rows, wide=frozenset({3}), broad=True)
    ]


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(each)}" for name, each in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
