"""What a dashboard shows as pictures: a trial's network and curves, and what the study draws of itself."""

from __future__ import annotations

from automl.arch import Architecture
from automl.arch.draw import draw
from automl.errors import AutoMLError, StudyError
from automl.plots import KINDS, Picture, plot
from automl.plots.names import tidy
from automl.plots.style import SERIES, figure, legend_above, styled, whole_numbers
from automl.study import EpochRecord, StudyReader, TrialDetail


def trial_pictures(reader: StudyReader, number: int) -> dict[str, str | Picture]:
    """Of one trial, by title: its network as an SVG document, its curves; without what it does not have."""
    found: dict[str, str | Picture] = {}
    network = _network(reader.trial(number))
    if network:
        found["Network"] = network
    epochs = reader.epochs(number)
    if epochs:
        found["Curves"] = _curves(number, reader.run().objective, epochs)
    return found


def study_pictures(reader: StudyReader) -> dict[str, Picture]:
    """Every kind of ``automl plot`` that can be drawn of the study, by title."""
    found = {}
    for kind in KINDS:
        try:
            picture = plot(reader, kind)
        except StudyError:  # too few trials for this one; `automl plot` says what is missing
            continue
        found[picture.title] = picture
    return found


def _network(detail: TrialDetail) -> str:
    if detail.architecture is None:
        return ""
    try:
        return draw(Architecture.from_json(detail.architecture), title=f"trial {detail.number}")
    except (AutoMLError, KeyError, TypeError, ValueError):  # layers of someone's own that are not imported
        return ""


def _curves(number: int, objective: str, epochs: list[EpochRecord]) -> Picture:
    """The objective above, losses below, epoch by epoch."""
    names = sorted({name for epoch in epochs for name in epoch.metrics})
    losses = [name for name in names if name in ("loss", "val_loss") and name != objective]
    panels = [[objective], losses] if losses else [[objective]]
    with styled():
        drawn, axes = figure(height=1.9 * len(panels) + 0.4, rows=len(panels))
        for panel, shown in zip(axes if losses else [axes], panels, strict=True):
            for place, name in enumerate(shown):
                points = [(each.epoch, each.metrics[name]) for each in epochs if each.metrics.get(name) is not None]
                if points:
                    panel.plot(*zip(*points, strict=True), color=SERIES[place], marker="o", ms=2.5, label=tidy(name))
            panel.set(ylabel=tidy(shown[0]) if len(shown) == 1 else "loss")
            whole_numbers(panel)
            legend_above(panel)
        (axes[-1] if losses else axes).set(xlabel="epoch")
    return Picture(f"Trial {number}", f"{objective} after each of {len(epochs)} epochs.", drawn)
