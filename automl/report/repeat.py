"""How to ask the same once more, and how to use what came of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from automl.export.manifest import Manifest
from automl.report.parts import Code, Facts, Part, Section, Text
from automl.study import RunRecord

_IN_MEMORY = "arrays ("  # how a run calls data that was no file
_DATA = {"image": "PICTURES", "tabular": "TABLE.csv", "text": "TEXTS.csv", "series": "SERIES.csv", "multi": "TABLE.csv"}


def use(run: RunRecord, where: str, manifest: Manifest | None) -> Section:
    """How to use the model.

    Args:
        run: The search.
        where: Path of the run's folder, for people.
        manifest: Of the model.
    """
    if manifest is None:
        return Section("use", "How to use the model", [Text("The search has not delivered a model yet.")])
    folder = shlex.quote(where)
    data = _DATA.get(run.task.partition("-")[0], "DATA")
    method = "forecast" if run.task == "series-forecast" else "predict"
    parts: list[Part] = [
        Code(
            "On the command line", f"automl predict {folder} {data} -o predictions.csv\nautoml evaluate {folder} {data}"
        ),
        Code(
            "From Python",
            f"from automl.export import load_model\n\nmodel = load_model({where!r})\nmodel.{method}(x)",
        ),
        Code(
            "With plain Keras, without automl",
            f"import keras\n\nmodel = keras.saving.load_model({where + '/model/model.keras'!r})\n"
            "model.predict(x)  # raw data in; the classes stand in model/manifest.json",
        ),
    ]
    return Section("use", "How to use the model", parts)


def repeat(run: RunRecord) -> Section:
    """How to repeat the search, and what it depends on."""
    exact = run.budget_seconds is None and run.command.get("workers") in (0, 1)
    remark = (
        "With the same data, versions, machine and number of threads this gives the same networks and values."
        if exact
        else "A time budget or several workers make what fits into a search depend on the machine: values will differ."
    )
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    machine = run.machine
    memory = f", {machine['memory'] / 2**30:.0f} GiB of memory" if machine.get("memory") else ""
    facts = [
        ("versions", versions),
        ("machine", f"{machine.get('platform', '-')}, {machine.get('cpus', '?')} processors{memory}"),
        ("data's digest", run.data_digest[:16] or "-"),
    ]
    asked: Part = Code("The command", command_line(run))
    if str(run.command.get("data", "")).startswith(_IN_MEMORY):
        asked = Text(
            f"The data was handed over from Python: fit the same estimator again with random_state={run.seed}."
        )
    return Section("repeat", "How to repeat it", [asked, Text(remark), Facts(facts)])


def words_of(run: RunRecord) -> list[str]:
    """The command that asks the same once more, word by word; what had its default is left out."""
    command: Mapping[str, Any] = run.command
    columns = command.get("columns") or {}
    words = ["automl", "search", "--task", run.task, str(command.get("data", "DATA"))]
    for name, value in {**command, **columns, "seed": run.seed}.items():
        words += _option(name, value)
    for name, value in (command.get("limits") or {}).items():
        words += _option(name, value)
    return [*words, *_ports(columns)]


def command_line(run: RunRecord) -> str:
    """The same as one line for a shell."""
    return shlex.join(words_of(run))


def _option(name: str, value: Any) -> list[str]:
    """An option and what it was; nothing where it has no flag, or its default."""
    if name in _SWITCHES and value in (True, False):
        return [_SWITCHES[name][value]] if _SWITCHES[name][value] else []
    if name not in _FLAGS or value in (None, False, "", [], ()):
        return []
    if value is True:
        return [_FLAGS[name]]
    return [_FLAGS[name], f"{value:g}s" if name in _SECONDS else _typed(value)]


def _typed(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}={each}" for key, each in value.items())
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _ports(columns: Mapping[str, Any]) -> list[str]:
    """Of several inputs and outputs what each is."""
    words: list[str] = []
    for flag, ports in (("--input", columns.get("inputs")), ("--output", columns.get("outputs"))):
        for port in ports or ():
            held = f":{','.join(port['columns'])}" if port.get("columns") else ""
            words += [flag, f"{port['name']}={port['kind']}{held}"]
    weights = {port["name"]: f"{port['weight']:g}" for port in columns.get("outputs") or () if port.get("weight")}
    losses = {port["name"]: port["loss"] for port in columns.get("outputs") or () if port.get("loss")}
    words += ["--loss-weight", _typed(weights)] if weights else []
    words += ["--loss", _typed(losses)] if losses else []
    return words + [word for group in columns.get("share") or () for word in ("--share", ",".join(group))]


_SWITCHES: Mapping[str, Mapping[bool, str]] = {
    "refit": {True: "--refit", False: "--no-refit"},
    "early_discard": {True: "", False: "--no-early-discard"},
}
_SECONDS = ("time_budget", "trial_seconds")
_FLAGS: Mapping[str, str] = {
    "validation": "--val",
    "folds": "--folds",
    "space": "--space",
    "max_trials": "--trials",
    "time_budget": "--time-budget",
    "max_epochs": "--max-epochs",
    "objective": "--objective",
    "seed": "--seed",
    "workers": "--workers",
    "imports": "--import",
    "class_weight": "--class-weight",
    "loss": "--loss",
    "metrics": "--metric",
    "target": "--target",
    "weight": "--weight",
    "group": "--group",
    "ignore": "--ignore",
    "encoding": "--encoding",
    "drop_missing_labels": "--drop-missing-labels",
    "text": "--text",
    "path": "--path",
    "multi_label": "--multi-label",
    "time": "--time",
    "series": "--series",
    "past": "--past",
    "known": "--known",
    "horizon": "--horizon",
    "lookback": "--lookback",
    "ensemble": "--ensemble",
    "gpus": "--gpus",
    "trial_seconds": "--trial-timeout",
    "memory": "--memory-limit",
    "worker_memory": "--worker-memory",
    "disk": "--disk-limit",
    "parameters": "--max-params",
    "flops": "--max-flops",
}
