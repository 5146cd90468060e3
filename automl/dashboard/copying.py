"""The copy of a study that a dashboard may write on, with notes and pictures that the study itself does not hold."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.artifacts import FileSystemArtifactStore, upload_artifact
from optuna.samplers import RandomSampler
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, Trial

from automl.dashboard.notes import study_note, trial_note
from automl.dashboard.pictures import study_pictures, trial_pictures
from automl.plots import Picture
from automl.study import StudyReader, quiet_optuna
from automl.study.optuna_reader import optuna_study

NOTED = 1000  # trials with a note: saving one goes through those that are saved already
PICTURED = 60  # trials with pictures: curves take about a tenth of a second each


@dataclass(frozen=True, slots=True)
class Copy:
    """A study in memory.

    Attributes:
        study: Optuna's.
        storage: Which holds nothing else.
        artifacts: Where its pictures are.
        trials: How many there are.
        noted: How many of them have a note.
        pictured: How many of them were to have pictures; one that did not train has no curve.
    """

    study: optuna.Study
    storage: InMemoryStorage
    artifacts: FileSystemArtifactStore
    trials: int
    noted: int
    pictured: int


class _Pictures:
    """What was drawn, on its way into the store of artifacts."""

    def __init__(self, folder: Path) -> None:
        self._drawn, stored = folder / "drawn", folder / "artifacts"
        self._drawn.mkdir()
        stored.mkdir()
        self.store = FileSystemArtifactStore(str(stored))
        self._aside = optuna.create_study(sampler=RandomSampler(seed=0))

    def of_trial(self, pictures: Mapping[str, str | Picture]) -> tuple[dict[str, str], dict[str, Any]]:
        """Ids by title, and the attributes by which a trial finds them.

        Optuna attaches files only to a trial that still runs, so they go to one of another study, and what it has
        noted down there becomes part of the trial that is copied.
        """
        trial = self._aside.ask()
        ids = {title: self._upload(trial, title, picture) for title, picture in pictures.items()}
        return ids, self._aside.get_trials(deepcopy=False)[trial.number].system_attrs

    def of_study(self, study: optuna.Study, pictures: Mapping[str, Picture]) -> dict[str, str]:
        """Ids by title."""
        return {title: self._upload(study, title, picture) for title, picture in pictures.items()}

    def _upload(self, owner: optuna.Study | Trial, title: str, picture: str | Picture) -> str:
        file = self._drawn / f"{title.lower().replace(' ', '-')}.svg"  # drawn in half the time of a PNG
        file.write_text(picture if isinstance(picture, str) else picture.svg(), encoding="utf-8")
        return upload_artifact(artifact_store=self.store, file_path=str(file), study_or_trial=owner)


def copied(reader: StudyReader, url: str, folder: Path) -> Copy:
    """Copy a study as it is now; its database is only read, whether it is a file or a server.

    Of more than ``NOTED`` trials half of the notes go to the best and half to the latest, and so for pictures.

    Args:
        reader: Of the study.
        url: Of its database, for Optuna's half.
        folder: An empty one, for pictures.

    Raises:
        StudyError: The study cannot be read.
    """
    with quiet_optuna():
        pictures, storage = _Pictures(folder), InMemoryStorage()
        with optuna_study(url, reader.name) as source:
            trials = source.get_trials(deepcopy=False)
            study = _empty_copy(source, storage, reader.run().objective)
        noted, pictured = worth_telling(reader, NOTED), worth_telling(reader, PICTURED)
        for trial in trials:
            drawn = trial_pictures(reader, trial.number) if trial.number in pictured else {}
            ids, attributes = pictures.of_trial(drawn) if drawn else ({}, {})
            added = _add(study, storage, trial, attributes)
            if trial.number in noted:
                _note(reader, trial.number, added, ids)
        _describe(reader, study, pictures)
    numbers = {trial.number for trial in trials}
    return Copy(study, storage, pictures.store, len(trials), len(noted & numbers), len(pictured & numbers))


def worth_telling(reader: StudyReader, most: int) -> frozenset[int]:
    """Numbers of all trials; where there are more than ``most``, the best half as many and the latest."""
    numbers = [line.number for line in reader.lines()]
    if len(numbers) <= most:
        return frozenset(numbers)
    best = [trial.number for trial in reader.leaderboard(most // 2)]
    return frozenset(best) | frozenset([one for one in numbers if one not in best][len(best) - most :])


def _empty_copy(source: optuna.Study, storage: InMemoryStorage, objective: str) -> optuna.Study:
    study = optuna.create_study(
        storage=storage, study_name=source.study_name, directions=source.directions, sampler=RandomSampler(seed=0)
    )
    for name, value in source.user_attrs.items():
        study.set_user_attr(name, value)
    study.set_metric_names([objective])
    return study


def _add(study: optuna.Study, storage: InMemoryStorage, trial: FrozenTrial, attributes: Mapping[str, Any]) -> Trial:
    """The trial in the copy, as one that notes can be written on."""
    template = copy.deepcopy(trial)
    template.system_attrs = {**template.system_attrs, **attributes}
    owner = storage.get_study_id_from_name(study.study_name)
    return Trial(study, storage.create_new_trial(owner, template_trial=template))


def _note(reader: StudyReader, number: int, trial: Trial, ids: Mapping[str, str]) -> None:
    from optuna_dashboard import save_note
    from optuna_dashboard.artifact import get_artifact_path

    paths = {title: get_artifact_path(trial, found) for title, found in ids.items()}
    save_note(trial, trial_note(reader.run(), reader.trial(number), paths))


def _describe(reader: StudyReader, study: optuna.Study, pictures: _Pictures) -> None:
    from optuna_dashboard import save_note
    from optuna_dashboard.artifact import get_artifact_path

    ids = pictures.of_study(study, study_pictures(reader))
    paths = {title: get_artifact_path(study, found) for title, found in ids.items()}
    save_note(study, study_note(reader.run(), reader.leaderboard(), reader.failures(), paths))
