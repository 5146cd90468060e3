from __future__ import annotations

import pytest

from automl.search.known import Memory
from automl.study import RunDraft, Study, TrialDraft, TrialOutcome

LOSS = RunDraft(task="image-classify", objective="val_loss", direction="minimize", seed=0)


@pytest.fixture
def study(tmp_path):
    with Study.create(f"sqlite:///{tmp_path}/study.db", "s", run=LOSS) as study:
        yield study


def begin(study: Study, width: int) -> int:
    number = study.ask().number
    study.begin(number, TrialDraft(params={"width": width}, fingerprint=f"{width}", training={"epochs": 2}))
    return number


def told(memory: Memory, unknown: int | None = None) -> list[tuple[int, str, float | None]]:
    history = memory.history(unknown=unknown, view=None)
    return [(trial.answers["width"], trial.state, trial.value) for trial in history.trials]


def test_what_is_told_of_a_study_is_what_its_records_say_now(study) -> None:
    memory = Memory(study)
    assert told(memory) == []
    numbers = [begin(study, width) for width in (1, 2, 3, 4, 5)]
    assert {state for _, state, _ in told(memory)} == {"pending"}
    study.complete(numbers[0], TrialOutcome(value=0.5, epochs=2))
    study.prune(numbers[1], TrialOutcome(value=0.75, epochs=1), reason="behind")
    study.fail(numbers[2], kind="nan_loss", message="NaN")
    study.pause(numbers[3], TrialOutcome(value=0.25, epochs=1))
    study.duplicate(numbers[4], study.trials()[0])
    expected = [(1, "judged", -0.5), (2, "judged", -0.75), (3, "failed", None), (4, "judged", -0.25)]
    assert told(memory) == told(Memory(study)) == [*expected, (5, "rejected", None)]
    assert [memory.is_over(number) for number in numbers] == [True, True, True, False, True]
    study.unpause(numbers[3])
    assert told(memory)[3] == (4, "pending", None)


def test_a_trial_whose_end_must_not_be_known_is_pending_before_and_after_it(study) -> None:
    memory = Memory(study)
    number = begin(study, 1)
    before = memory.history(unknown=None, view=None)
    study.complete(number, TrialOutcome(value=0.5, epochs=2))
    assert memory.history(unknown=number, view=None) == before
    assert told(memory) == [(1, "judged", -0.5)]


def test_what_waits_in_the_queue_is_not_known_yet(study) -> None:
    study.enqueue({"width": 3})
    assert told(Memory(study)) == []


def test_parents_of_what_is_proposed_are_trials_that_are_over(make_search) -> None:
    from scripted_search import rising

    search = make_search(rising, max_trials=12)
    search.engine.search()
    records = {record.number: record for record in search.study.trials()}
    parents = [record.parent for record in records.values() if record.parent is not None]
    assert parents
    assert all(records[parent].state in ("complete", "pruned") for parent in parents)
    assert not [record for record in records.values() if record.state in ("infeasible", "duplicate")]
