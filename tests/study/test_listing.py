"""Lists of runs and of trials: what they say, and that they take as many queries for many trials as for few."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from automl.errors import StudyError
from automl.study import RunFolder, Study, StudyReader, list_runs, list_studies
from tests.study.conftest import begin, make_draft, outcome
from tests.study.test_reader import _fill


@pytest.fixture
def queries() -> Iterator[list[str]]:
    """The statements of every engine from here on."""
    found: list[str] = []

    def note(*values: object) -> None:
        found.append(str(values[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_a_run_is_told_in_one_line(lived: RunFolder) -> None:
    (found,) = list_runs(lived.path.parent)
    assert (found.path, found.study, found.state, found.best, found.trained) == (
        str(lived.path), "digits", "ended", 0.9, 4,
    )  # fmt: skip
    assert found.trials == {"complete": 2, "duplicate": 1, "failed": 1, "infeasible": 2, "pruned": 1, "running": 1}
    assert list_runs(lived.path) == [found]


def test_the_best_of_a_minimized_study_is_the_smallest(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    with Study.create(url, "small", run=make_draft(direction="minimize")) as study:
        study.complete(begin(study), outcome(0.5))
        study.complete(begin(study), outcome(0.2))
        assert list_studies(url)[0].state == "running"
    (found,) = list_studies(url)
    assert (found.best, found.state) == (0.2, "gone")


def test_the_latest_run_comes_first(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run = RunFolder.create(tmp_path / name, task="image-classify")
        with Study.create(run.storage_url, run.study, run=make_draft()) as study:
            study.finish_run({})
    assert [run.study for run in list_runs(tmp_path)] == ["b", "a"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no folder"):
        list_runs(tmp_path / "none")
    assert list_runs(tmp_path) == []


@pytest.mark.parametrize("count", [3, 300])
def test_lists_take_a_constant_number_of_queries(tmp_path: Path, queries: list[str], count: int) -> None:
    run = RunFolder.create(tmp_path / "run", task="image-classify")
    with Study.create(run.storage_url, run.study, run=make_draft()) as study:
        _fill(run.storage_url, count)
        study.finish_run({})
    queries.clear()
    (found,) = list_runs(tmp_path)
    assert found.trials == {"complete": count}
    assert len([query for query in queries if "FROM automl_run" in query or "FROM automl_trial" in query]) == 2
    with StudyReader.open(run.path) as reader:
        queries.clear()
        lines = reader.lines(sort="value")
    assert len(lines) == count
    assert len(queries) == 1
    assert "architecture" not in queries[0], "what a list does not show is not read"


def test_lines_say_what_records_say(lived: RunFolder) -> None:
    with StudyReader.open(lived.path) as reader:
        for line, record in zip(reader.lines(), reader.trials(), strict=True):
            assert line.to_json().items() <= record.to_json().items()
            assert (line.trained, line.total_seconds) == (record.trained, record.total_seconds)
            assert line.phase_seconds == record.phase_seconds
        assert [line.number for line in reader.lines(state="failed")] == [5]
        assert [record.number for record in reader.trials(sort="value", top=2)] == [6, 0]
