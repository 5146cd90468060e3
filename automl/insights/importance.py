"""What a score depends on, in words that a person can use: the parameter, its share, and what the best trials took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.errors import ConfigError, did_you_mean
from automl.study import RunFolder, StudyReader, TrialRecord
from automl.study.urls import sqlite_url

METHODS = ("ped-anova", "fanova", "forest")
_BEST = 0.25  # share of the complete trials that count as the best


@dataclass(frozen=True, slots=True)
class Importance:
    """One parameter.

    Attributes:
        parameter: Its path in the space.
        importance: Its share; all shares sum to one.
        best_values: What the best quarter of the trials took, in words.
    """

    parameter: str
    importance: float
    best_values: str

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return {"parameter": self.parameter, "importance": self.importance, "best_values": self.best_values}


def importance(
    run: Path, *, by: str = "ped-anova", study: str | None = None, storage: str | None = None
) -> list[Importance]:
    """The parameters of a study by importance, the largest first; none where there is too little to say.

    Args:
        run: Folder of a run, or a database file.
        by: ``ped-anova`` and ``fanova`` are Optuna's; ``forest`` is permutation importance.
        study: Which study, where there are several.
        storage: URL of the database, where the run's own lost its password.

    Raises:
        ConfigError: There is no such method.
        StudyError: The study cannot be read.
    """
    if by not in METHODS:
        raise ConfigError(f"there is no method {by!r}; {did_you_mean(by, METHODS)}")
    with StudyReader.open(run, study=study, storage=storage) as reader:
        trials, name = reader.leaderboard(), reader.name
    if by == "forest":
        from automl.study.importance import parameter_importance

        shares = parameter_importance(trials)
    else:
        from automl.study.optuna_reader import optuna_importance

        url = sqlite_url(run) if run.is_file() else RunFolder.open(run, storage=storage).storage_url
        shares = optuna_importance(url, name, by)
    best = trials[: max(1, round(_BEST * len(trials)))]
    return [Importance(name, share, best_values(best, name)) for name, share in shares.items()]


def best_values(trials: Sequence[TrialRecord], name: str) -> str:
    """What these trials took for a parameter: the most frequent words, or from which number to which.

    Args:
        trials: The best ones.
        name: Path of the parameter.
    """
    taken = [trial.params[name] for trial in trials if name in trial.params]
    if not taken:
        return "not there"
    counts = Counter(map(_word, taken)).most_common()
    numbers = [value for value in taken if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == len(taken) and len(counts) > 3:
        return f"{_word(min(numbers))} to {_word(max(numbers))}"
    return ", ".join(f"{word} ({count})" if len(counts) > 1 else word for word, count in counts[:3])


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
