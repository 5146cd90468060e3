"""Kind ``importance``: what the values depend on."""

from __future__ import annotations

from automl.errors import StudyError
from automl.plots.names import short_names
from automl.plots.picture import Picture
from automl.plots.style import BLUE, INK, figure, styled
from automl.study import StudyReader
from automl.study.importance import FEWEST, parameter_importance

SHOWN = 12


def importance(study: StudyReader) -> Picture:
    """A bar a parameter, as long as its share of what decides the values; see ``parameter_importance``.

    Raises:
        StudyError: Too few trials are complete, or nothing differs.
    """
    run = study.run()
    shares = parameter_importance(study.trials())
    if not shares:
        raise StudyError(
            f"{run.study!r} says nothing about its parameters yet: that needs {FEWEST} complete trials whose "
            "parameters and values differ"
        )
    shown = {name: share for name, share in list(shares.items())[:SHOWN] if share > 0}
    names = short_names(shown)
    with styled():
        drawn, axes = figure(height=1.0 + 0.24 * len(shown))
        places = range(len(shown))
        axes.barh(places, [100 * share for share in shown.values()], color=BLUE, height=0.66)
        for place, share in zip(places, shown.values(), strict=True):
            axes.annotate(
                f"{100 * share:.0f} %", (100 * share, place), (3, 0), textcoords="offset points", va="center", color=INK
            )
        axes.set_yticks(places, [names[name] for name in shown])
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(0, 112 * max(shown.values()))
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"share of what decides {run.objective}, %")
    first = next(iter(shown))
    text = f"Of {len(shares)} parameters {names[first]} decides most, {100 * shown[first]:.0f} % of {run.objective}."
    return Picture("Importance of the parameters", text, drawn)
