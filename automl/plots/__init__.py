"""Pictures of a study, drawn without a display.

>>> from automl.plots import KINDS, plot
>>> from automl.study import StudyReader
>>> with StudyReader.open("automl-runs/digits") as study:  # doctest: +SKIP
...     plot(study, "history").save(Path("history.svg"))

Matplotlib is imported when something is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from automl.errors import ConfigError, did_you_mean
from automl.plots.curves import curves
from automl.plots.history import history
from automl.plots.importance import importance
from automl.plots.parallel import parallel
from automl.plots.pareto import COSTS, pareto
from automl.plots.picture import FORMATS, Picture, format_of
from automl.plots.slices import slices
from automl.plots.timeline import timeline

if TYPE_CHECKING:
    from automl.study import StudyReader

__all__ = ["COSTS", "FORMATS", "KINDS", "Picture", "format_of", "plot"]

KINDS: Mapping[str, Callable[..., Picture]] = {
    "history": history,
    "curves": curves,
    "importance": importance,
    "parallel": parallel,
    "slice": slices,
    "timeline": timeline,
    "pareto": pareto,
}
"""What can be drawn of a study."""


def plot(study: StudyReader, kind: str, **options: Any) -> Picture:
    """Draw a study.

    Args:
        study: To look at; it is only read.
        kind: One of ``KINDS``.
        options: Of that kind: ``against`` of ``pareto``.

    Raises:
        ConfigError: There is no such kind or option's value.
        StudyError: The study has nothing yet that could be drawn so.
    """
    if kind not in KINDS:
        raise ConfigError(f"there is no kind of picture {kind!r}; {did_you_mean(kind, KINDS)}")
    return KINDS[kind](study, **options)
