"""The notes of a dashboard, in Markdown. Whatever comes from data or errors is shown as it is, never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from automl.arch import Architecture
from automl.errors import AutoMLError
from automl.insights.tree import tree
from automl.plots.names import tidy
from automl.progress.words import KINDS, duration, facts, plural, readable, score, size
from automl.study import RunRecord, TrialDetail, TrialRecord

TOP = 20  # trials in the leaderboard
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+.!|~&:$^=-])")
_COLUMNS = 76


def trial_note(run: RunRecord, trial: TrialDetail, pictures: Mapping[str, str]) -> str:
    """What is known of a trial.

    Args:
        run: The search.
        trial: Which one.
        pictures: Their addresses by title.
    """
    return "\n".join(_trial(run, trial, pictures))


def study_note(
    run: RunRecord, complete: Sequence[TrialRecord], failed: Sequence[TrialRecord], pictures: Mapping[str, str]
) -> str:
    """The search at a glance: what was asked, the leaderboard, failures, pictures.

    Args:
        run: The search.
        complete: Complete trials, the best first.
        failed: Those that failed.
        pictures: Their addresses by title.
    """
    return "\n".join(_study(run, complete, failed, pictures))


def plain(text: object, width: int = 200) -> str:
    r"""One line of text that Markdown leaves as it is.

    >>> plain("<b>*x*")
    '\\<b\\>\\*x\\*'
    """
    return _MARKUP.sub(r"\\\1", tidy(" ".join(str(text).split()), width))


def _trial(run: RunRecord, trial: TrialDetail, pictures: Mapping[str, str]) -> Iterator[str]:
    yield f"**{plain(trial.description) or 'no network'}** ({trial.state})\n"
    reason = readable(trial.reason) or trial.failure_message
    if reason:
        yield "Why it ended so:\n"
        yield from _as_it_is([reason])
        if trial.failure_advice:
            yield f"What to do: {plain(trial.failure_advice)}\n"
    yield from _table(("what", "value"), _facts(run, trial))
    yield from _shown(pictures)
    if trial.architecture is not None:
        yield "### Architecture\n"
        yield from _as_it_is(_tree(trial.architecture))
    answers = {**trial.params, **{f"train: {name}": value for name, value in (trial.training or {}).items()}}
    if answers:
        yield "### Parameters\n"
        yield from _table(("name", "value"), ((name, _value(value)) for name, value in answers.items()))


def _facts(run: RunRecord, trial: TrialDetail) -> Iterator[tuple[str, str]]:
    origin = trial.proposed_by or "unknown"
    yield run.objective, score(trial.value)
    yield "proposed by", origin if trial.parent is None else f"{origin}, from trial {trial.parent}"
    if trial.duplicate_of is not None:
        yield "duplicate of", f"trial {trial.duplicate_of}"
    yield "weights", size(trial.parameters)
    yield "FLOPs of one row", size(trial.flops)
    if trial.epochs:
        best = f", the best after {trial.best_epoch}" if trial.best_epoch else ""
        yield "epochs", f"{trial.epochs}{best}"
    if trial.total_seconds:
        yield "time", duration(trial.total_seconds)
    for name, value in sorted(trial.metrics.items()):
        if name != run.objective:
            yield name, score(value)


def _tree(architecture: Mapping[str, object]) -> list[str]:
    try:
        return tree(Architecture.from_json(architecture), columns=_COLUMNS)
    except (AutoMLError, KeyError, TypeError, ValueError) as error:  # layers of someone's own that are not imported
        return [f"cannot be shown: {error}"]


def _study(
    run: RunRecord, complete: Sequence[TrialRecord], failed: Sequence[TrialRecord], pictures: Mapping[str, str]
) -> Iterator[str]:
    yield f"**{plain(run.task)}**, {run.direction} {plain(run.objective)}, space {plain(run.space_name)}\n"
    yield f"Data: {plain(facts(run.data_summary) or '-')}\n"
    yield "A copy, made when the dashboard was started. Changes to it are not kept.\n"
    yield "### Leaderboard\n"
    yield from _table(
        ("trial", run.objective, "epochs", "time", "size", "network"),
        (
            (
                str(trial.number),
                score(trial.value),
                str(trial.epochs),
                duration(trial.total_seconds),
                size(trial.parameters),
                trial.description,
            )
            for trial in complete[:TOP]
        ),
    )
    if not complete:
        yield "No trial is complete yet.\n"
    if failed:
        yield f"### {plural(len(failed), 'trial')} failed\n"
        kinds = {str(kind): words for kind, words in KINDS.items()}
        told = (
            (str(one.number), kinds.get(one.failure_kind, one.failure_kind or one.state), one.failure_message)
            for one in failed[:TOP]
        )
        yield from _table(("trial", "kind", "what happened"), told)
    yield from _shown(pictures)


def _shown(pictures: Mapping[str, str]) -> Iterator[str]:
    for title, path in pictures.items():
        yield f"### {title}\n"
        yield f"![{title}]({path})\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(map(plain, header)) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(map(plain, row)) + " |"
    yield ""


def _as_it_is(texts: Iterable[str]) -> Iterator[str]:
    """Lines as code: four spaces before a line cannot be closed by anything in it."""
    yield from (f"    {tidy(line, 400)}" for text in texts for line in text.splitlines())
    yield ""


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
