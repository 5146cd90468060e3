"""``automl.Study``: a study from Python, for looking only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.arch import Architecture
from automl.errors import StudyError
from automl.study import RunRecord, StudyReader, TrialDetail

if TYPE_CHECKING:
    import pandas

    from automl.plots import Picture


class Study:
    """What a search tried, to look into from Python; nothing can be changed by it, also while the search goes on.

    >>> from automl import Study
    >>> study = Study("automl-runs/digits")  # doctest: +SKIP
    >>> study.trials_dataframe().sort_values("value").tail(3)  # doctest: +SKIP
    >>> study.architecture(study.best.number)  # doctest: +SKIP

    Args:
        run: Folder of a run, or its database file.
        study: Which study, where the database holds several.
        storage: URL of the database, where the run's own lost its password.

    Raises:
        StudyError: There is no such run or study, or this version cannot read it.
    """

    def __init__(self, run: str | Path, *, study: str | None = None, storage: str | None = None) -> None:
        self.path = Path(run)
        self._reader = StudyReader.open(self.path, study=study, storage=storage)

    @property
    def name(self) -> str:
        """The study's name, also Optuna's."""
        return self._reader.name

    @property
    def run(self) -> RunRecord:
        """What was asked, of which data, where, and what came of it."""
        return self._reader.run()

    @property
    def best(self) -> TrialDetail | None:
        """The complete trial with the best value; None before there is one."""
        return self._reader.best()

    def trial(self, number: int) -> TrialDetail:
        """Everything about one trial.

        Raises:
            StudyError: There is no trial of that number.
        """
        return self._reader.trial(number)

    def trials_dataframe(self) -> pandas.DataFrame:
        """One row a trial, by number; answers, metrics and seconds as columns such as ``params.width``."""
        import pandas as pd

        frame = pd.json_normalize([record.to_json() for record in self._reader.trials()])
        return _with_times(frame, ("created", "started", "ended"))

    def curves(self, trial: int | None = None) -> pandas.DataFrame:
        """One row an epoch: ``trial``, ``epoch``, ``learning_rate``, ``seconds`` and a column a metric.

        Args:
            trial: Number of one trial; None for all.

        Raises:
            StudyError: There is no trial of that number.
        """
        import pandas as pd

        if trial is not None:
            self.trial(trial)
        rows = [
            {"trial": one.trial, "epoch": one.epoch, "learning_rate": one.learning_rate, "seconds": one.seconds}
            | dict(one.metrics)
            for one in self._reader.epochs(trial)
        ]
        return pd.DataFrame(rows, columns=None if rows else ["trial", "epoch", "learning_rate", "seconds"])

    def architecture(self, trial: int) -> Architecture:
        """The network of a trial; ``automl.arch.build_model`` makes a Keras model of it.

        Raises:
            StudyError: There is no trial of that number, or its answers mean no network.
        """
        found = self.trial(trial)
        if found.architecture is None:
            raise StudyError(f"trial {trial} has no network: {found.reason}")
        return Architecture.from_json(found.architecture)

    def plot(self, kind: str = "history", **options: Any) -> Picture:
        """Draw the study: ``history``, ``curves``, ``importance``, ...; see ``automl.plots.KINDS``.

        Raises:
            ConfigError: There is no such kind.
            StudyError: The study has nothing yet that could be drawn so.
        """
        from automl.plots import plot

        return plot(self._reader, kind, **options)

    def close(self) -> None:
        """Let the database go."""
        self._reader.close()

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Study({str(self.path)!r})"


def _with_times(frame: pandas.DataFrame, columns: tuple[str, ...]) -> pandas.DataFrame:
    import pandas as pd

    for name in columns:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame
