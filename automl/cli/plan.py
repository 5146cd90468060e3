"""``automl plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl.cli.layers import options_of
from automl.cli.options import JsonOpt
from automl.cli.search import ConfigOpt, asked
from automl.config import SearchConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from automl.cli.estimating import Estimate


@options_of(asked)
def plan(
    config: SearchConfig,
    ctx: typer.Context,
    config_file: ConfigOpt = None,  # noqa: ARG001  its callback reads it
    measure: Annotated[bool, typer.Option(help="Measure this machine for two seconds, to estimate times.")] = True,
    as_json: JsonOpt = False,
) -> None:
    """Say what a search would do with DATA: what is found, every setting and its origin, how long. Trains nothing."""
    from automl.cli.checking import told
    from automl.cli.estimating import look
    from automl.cli.output import show_json

    found = look(config, measure=measure)
    settings = _settings(ctx, config)
    if as_json:
        show_json(
            {
                "data": {**found.summary, "warnings": found.warnings},
                "settings": [dict(zip(("setting", "value", "origin"), row, strict=True)) for row in settings],
                "search": found.search,
                "estimate": found.estimate and found.estimate.to_json(),
            }
        )
        return
    for line in [*told(found.summary, found.warnings), "", *_settings_table(settings), ""]:
        typer.echo(line)
    for line in [*_search_lines(found.search), *_estimate_lines(found.estimate, measure=measure)]:
        typer.echo(line)


def _settings(ctx: typer.Context, config: SearchConfig) -> list[tuple[str, Any, str]]:
    """Every setting with its value and origin: what was said first, then the defaults."""
    from automl.cli.layers import keys_of
    from automl.study.urls import without_passwords

    rows = []
    for name, (key, _, _) in keys_of(asked).items():
        value = without_passwords(ctx.params[name])
        if key == "time-budget" and value is None and config.time_budget is not None:
            value = f"{config.time_budget:g}s"
        rows.append((key, value, config.origins.get(key, "default")))
    return sorted(rows, key=lambda row: row[2] == "default" and not _is_set(row[1]))


def _is_set(value: Any) -> bool:
    return value not in (None, "", False, [], ())


def _settings_table(settings: list[tuple[str, Any, str]]) -> list[str]:
    from automl.cli.output import table
    from automl.cli.sheet import wrapped

    shown = [[key, origin, _text(value)] for key, value, origin in settings if _is_set(value) or origin != "default"]
    left = [key for key, value, origin in settings if not _is_set(value) and origin == "default"]
    return [*table(["setting", "origin", "value"], shown), *wrapped(", ".join(left), "not set: ")]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _search_lines(search: Mapping[str, Any]) -> list[str]:
    from automl.progress.words import plural, size

    threads = f", {plural(search['threads'], 'thread')} each" if search["threads"] else ""
    gpus = f", GPUs {', '.join(map(str, search['gpus']))}" if search["gpus"] else ""
    return [
        f"objective {search['objective']}, to {search['direction']}",
        f"space     {search['space']}: {search['size']}",
        f"default   {search['network']}",
        f"          {size(search['parameters'])} parameters, {size(search['flops'])} FLOPs a row, "
        f"{plural(search['depth'], 'layer')} deep",
        f"training  at most {plural(search['epochs'], 'epoch')}, {search['optimizer']}, "
        f"batches of {search['batch_size']}",
        f"workers   {search['workers'] or 'none: this process trains'}{threads}{gpus}",
    ]


def _short(seconds: float) -> str:
    """Seconds of an epoch, which may be a few thousandths."""
    from automl.progress.words import duration

    return duration(seconds) if seconds >= 1 else f"{1000 * seconds:.0f}ms"


def _estimate_lines(estimate: Estimate | None, *, measure: bool) -> list[str]:
    from automl.progress.words import duration, size

    if estimate is None:
        return ["estimate  none: " + ("the machine could not be measured" if measure else "it was not asked for")]
    lines = [
        f"estimate  {_short(estimate.epoch_seconds)} an epoch of the default network, "
        f"{duration(estimate.trial_seconds)} for its whole training",
    ]
    if estimate.trials is not None:
        lines.append(
            f"          about {estimate.trials} whole trainings fit before the final one; most trials are shorter"
        )
    return [
        *lines,
        "          a guess, right within a factor of two or three: a training step costs three times the FLOPs, at",
        f"          {size(round(estimate.flops_a_second))} a second, what convolutions did just now for two seconds",
    ]
