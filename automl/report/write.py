"""From a run to its report."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from automl.errors import ExportError, StudyError
from automl.export import load_bundle
from automl.export.manifest import Manifest
from automl.files import write_whole
from automl.plots.names import tidy
from automl.progress.words import plural
from automl.report import about, judged, repeat, tried
from automl.report.answers import Absent, held_out, open_data
from automl.report.page import render
from automl.report.parts import Part, Section, Text
from automl.study import RunFolder, RunRecord, StudyReader, TrialDetail

log = logging.getLogger("automl.report")

REPORT_FILE = "report.html"

Detail = Literal["full", "kept", "light"]

_RIGHT = "Right and wrong"


def write_report(
    run: Path,
    out: Path | None = None,
    *,
    storage: str | None = None,
    detail: Detail = "full",
    near: str | None = None,
) -> Path:
    """Write the report of a search, also while it is going on.

    Args:
        run: The run's folder.
        out: Where; None for ``report.html`` in the run's folder.
        storage: The database's URL, where the run's own lost its password.
        detail: ``full`` loads the best network and asks it where its answers were not kept, which takes Keras;
            ``kept`` tells of answers that were kept; ``light`` of none, and not what the score depends on.
        near: What to call the run's folder in commands; None for ``run``.

    Returns:
        The file.

    Raises:
        StudyError: There is no such run, or no trial has begun.
        OSError: The file cannot be written.
    """
    folder = RunFolder.open(run, storage=storage)
    target = out or folder.path / REPORT_FILE
    with StudyReader.open(run, storage=storage) as study:
        page = _page(study, folder, near or str(run), detail=detail)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, page)
    return target


def _page(study: StudyReader, folder: RunFolder, where: str, *, detail: Detail) -> str:
    run, best = study.run(), study.best()
    trials = [trial for trial in study.trials() if trial.state != "queued"]
    manifest = _manifest(folder)
    top: list[Part]
    if best is None:
        top = [Text("No network has been trained to its end yet: there is no result to tell of.")]
    else:
        top = about.summary(run, best, trials, manifest)
    sections = [about.asked(run), *_about_data(folder, run, best, detail=detail)]
    if best is not None:
        sections.append(_safe("network", "The best network", lambda: [tried.network(best)])[0])
    sections += _safe("search", "The search", lambda: tried.search(study, light=detail == "light"))
    if best is not None:
        sections.append(tried.leaderboard(run, study.leaderboard()))
    sections += [tried.failures(trials), repeat.use(run, where, manifest), repeat.repeat(run)]
    made = f"Written by automl {run.versions.get('automl', '')} on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC."
    subtitle = f"{run.task}, searched by automl; {plural(len(trials), 'trial')}"
    return render(f"Report of {tidy(run.study, 60)}", subtitle, top, sections, made=made)


def _about_data(folder: RunFolder, run: RunRecord, best: TrialDetail | None, *, detail: Detail) -> list[Section]:
    """The data, and how well the best network answers what was held back from it."""
    try:
        prepared, gone = open_data(folder), ""
    except Absent as absent:
        prepared, gone = None, str(absent)
    sections = _safe("data", "The data", lambda: [about.data(run, prepared, gone)])
    if best is None:
        return sections
    if detail == "light":
        haste = "This report was written in haste, at the end of a search; automl report writes it in full."
        return [*sections, Section("right", _RIGHT, [Text(haste, quiet=True)])]
    answered = _safe("right", _RIGHT, lambda: _answered(folder, run, best, predict=detail == "full"))
    return [*sections, *answered]


def _answered(folder: RunFolder, run: RunRecord, best: TrialDetail, *, predict: bool) -> list[Section]:
    held = held_out(folder, run, best, predict=predict)
    first, *others = judged.sections(held)
    several = int((run.result or {}).get("networks") or 1) > 1
    remark = (
        f"What follows is about {len(held.index):,} rows that were held back, and the network of trial {best.number}, "
        "which did not learn from them. Where the delivered model was trained once more, it has seen them too."
        + (" It is the best of the networks that answer together in the model." if several else "")
    )
    return [Section(first.id, first.title, [Text(remark, quiet=True), *first.parts]), *others]


def _safe(key: str, title: str, build: Callable[[], Sequence[Section]]) -> list[Section]:
    """Sections, or one that says why there are none: a report is not lost over one of its parts."""
    begin = time.perf_counter()
    try:
        return list(build())
    except Absent as absent:
        return [Section(key, title, [Text(f"Left out: {absent}.", quiet=True)])]
    except Exception as error:
        log.warning("a part of the report failed, %s: %s: %s", key, type(error).__name__, error)
        log.debug("where it failed", exc_info=error)
        return [Section(key, title, [Text(f"This part failed: {type(error).__name__}: {error}", quiet=True)])]
    finally:
        log.debug("%s took %.2f s", key, time.perf_counter() - begin)


def _manifest(folder: RunFolder) -> Manifest | None:
    try:
        return load_bundle(folder.path, verify=False).manifest
    except (ExportError, StudyError):
        return None
