"""A changed space: what old trials are still worth."""

from __future__ import annotations

import pytest

from automl.errors import ConfigError, SpaceError
from automl.run import resume_run, run_search
from automl.run.changes import kept_space
from automl.run.command import Before, Command
from automl.study import RunFolder, Study, StudyReader, TrialDraft
from tests.run.conftest import TINY, OpenedOnly


def adopted(shared, name: str, text: str) -> tuple[RunFolder, list[str]]:
    """A copy of the ended run whose space is another one from here on, as adoption leaves it."""
    run = shared.copy("ended", name)
    (shared.folder / f"{name}.yaml").write_text(text)
    events = OpenedOnly()
    with pytest.raises(KeyboardInterrupt):
        run_search(shared.config(name, space=shared.folder / f"{name}.yaml", adopt=True, max_trials=3), events)
    return RunFolder.open(run), events.said


def test_trials_that_mean_the_same_in_a_wider_space_are_told_again_with_all_they_had(shared, ended, records):
    folder, said = adopted(shared, "wider", TINY.replace("12, 16", "12, 16, 20"))
    assert (folder.study, folder.part) == ("ended.2", 2)
    assert "2 of 2 trials are still valid, and 0 are tried once more" in said[0]
    old, new = records(folder.path, "ended"), records(folder.path)[:2]
    same = (
        "params",
        "value",
        "job_key",
        "fingerprint",
        "epochs",
        "best_epoch",
        "metrics",
        "seed",
        "parameters",
        "state",
    )
    for one, other in zip(old, new, strict=True):
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
        assert (other.proposed_by, other.reason) == ("adopted", f"trial {one.number} of study ended")
        models = [folder.path / "checkpoints", folder.checkpoints]
        assert len({(place / f"trial-{one.number}.keras").read_bytes() for place in models}) == 1
    with StudyReader.open(folder.path, study="ended") as reader, StudyReader.open(folder.path) as now:
        assert [e.metrics for e in now.epochs()] == [e.metrics for e in reader.epochs()]
        assert now.run().seconds_used > reader.run().seconds_used
        assert Command.read(now.run().command, where="here").adopting is None
    result = resume_run(folder.path)
    assert (result.trials, result.study_name) == (3, "ended.2")
    assert result.value >= ended.value
    assert resume_run(folder.path).already_finished


def test_trials_whose_training_is_another_one_now_are_tried_once_more(shared, ended, records):
    folder, said = adopted(shared, "longer", TINY.replace("train: {", "train: {batch_size: 16, "))
    assert "0 of 2 trials are still valid, and 2 are tried once more" in said[0]
    queued = [trial for trial in records(folder.path) if trial.proposed_by == "adopted"]
    assert [trial.state for trial in queued] == ["queued", "queued"]


def test_trials_outside_the_new_space_or_its_limits_are_left_alone(shared, ended, records):
    folder, said = adopted(shared, "narrow", TINY + "constraints: {params: 5}\n")
    assert "0 of 2 trials are still valid" in said[0]
    assert all(trial.value is None for trial in records(folder.path))


def test_an_adoption_that_was_cut_short_is_begun_once_more(shared, ended, records):
    run = shared.copy("ended", "cut")
    text = TINY.replace("12, 16", "12, 16, 20")
    command = Command.of(shared.config("cut", space=shared.folder / "gone.yaml", max_trials=2))
    before = Before(study="ended", models="checkpoints")
    cut = command.model_copy(update={"adopting": before, "space_text": text})
    RunFolder.open(run).next_study(command=cut.to_json())
    with pytest.raises(KeyboardInterrupt):
        resume_run(run, OpenedOnly())
    folder = RunFolder.open(run)
    assert folder.study == "ended.3"
    assert [trial.proposed_by for trial in records(run)][:2] == ["adopted", "adopted"]


def test_a_run_whose_time_is_over_must_be_given_some_to_adopt(shared, ended):
    shared.copy("ended", "timeless")
    (shared.folder / "timeless.yaml").write_text(TINY.replace("12, 16", "12, 16, 20"))
    config = shared.config("timeless", space=shared.folder / "timeless.yaml", adopt=True, time_budget=1.0)
    with pytest.raises(ConfigError, match="is used up; say how long"):
        run_search(config)
    assert RunFolder.open(shared.folder / "timeless").study == "ended"


def test_a_space_that_does_not_fit_the_data_leaves_the_run_as_it_is(shared, ended):
    shared.copy("ended", "unfit")
    (shared.folder / "unfit.yaml").write_text(TINY.replace("stride: 2", "kernel: 15, padding: valid"))
    with pytest.raises(SpaceError, match="the default of 'tiny'"):
        run_search(shared.config("unfit", space=shared.folder / "unfit.yaml", adopt=True, max_trials=3))
    assert RunFolder.open(shared.folder / "unfit").study == "ended"


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("__main__:Scale", "only the program that began this run knows"),
        ("my_layers:Scale", "--import my_layers"),
    ],
)
def test_a_space_with_layers_that_are_not_known_here_says_where_they_are(origin, words):
    text = "name: own\nmodel: [flatten, never_registered, head]\n"
    kept = Command(task="image-classify", data="x", seed=1, space_text=text, layers=(origin,))
    with pytest.raises(ConfigError) as refused:
        kept_space(kept)
    assert origin in str(refused.value)
    assert words in str(refused.value)


def test_a_second_try_that_was_queued_is_tried_in_the_new_study(shared, ended, records):
    run = shared.copy("ended", "second-try")
    folder = RunFolder.open(run)
    with Study.open(folder.storage_url, folder.study) as study:
        study.enqueue(records(run)[0].params)
        study.begin(study.ask().number, TrialDraft(params=records(run)[0].params))
    with Study.open(folder.storage_url, folder.study) as study:
        assert [orphan.queued for orphan in study.orphans] == [3]
    (shared.folder / "second.yaml").write_text(TINY.replace("12, 16", "12, 16, 20"))
    events = OpenedOnly()
    with pytest.raises(KeyboardInterrupt):
        run_search(shared.config("second-try", space=shared.folder / "second.yaml", adopt=True, max_trials=9), events)
    assert "2 of 2 trials are still valid, and 1 are tried once more" in events.said[0]
    assert [trial.params for trial in records(run) if trial.state == "queued"] == [records(run)[0].params]
