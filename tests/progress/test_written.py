"""What a search writes for other programs: lines of JSON, and logs for TensorBoard."""

from __future__ import annotations

import json
import os
import re
import struct
from pathlib import Path

import pytest

from automl.errors import ConfigError
from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport
from automl.progress import make_progress
from automl.progress.journal import Journal

DOCS = Path(__file__).parents[2] / "docs"
SUMMARY = {"rows": 10, "classes": 2, "shape": (8, 8, 1)}


def report(epoch: int, accuracy: float, job: str = "trial-3") -> EpochReport:
    metrics = {"loss": float("nan"), "val_accuracy": accuracy}
    return EpochReport(
        job_id=job, epoch=epoch, planned_epochs=2, metrics=metrics, learning_rate=0.01, seconds=0.5, best=True
    )


def tell(events: Events) -> None:
    """A short search, every hook once at least."""
    end = TrialEnd(3, "complete", 0.75, 2, 1.5, 1000, "", "conv8 > gap")
    events.preparing("pictures", 10, 10)
    events.data_ready(SUMMARY)
    events.search_started(
        SearchStart("run", "image-classify", "cnn", "val_accuracy", True, 60.0, 1.0, None, best=(end,))
    )
    events.trial_started(3, "conv8 > gap")
    events.epoch_ended(3, report(1, 0.5))
    events.trial_retried(3, "the worker died")
    events.epoch_ended(3, report(2, 0.75))
    events.trial_ended(end)
    events.final_started(2)
    events.final_epoch_ended(report(1, 0.9, "final"))
    events.warning("careful")
    events.stopping("time is up")
    events.closed()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_event_is_a_line_of_json(tmp_path):
    journal = Journal(tmp_path / "run" / "events.jsonl")
    assert not (tmp_path / "run").exists()  # a new search makes it, and wants it empty
    tell(journal)
    told = lines(tmp_path / "run" / "events.jsonl")
    assert [line["event"] for line in told] == [
        "session_started", "preparing", "data_ready", "search_started", "trial_started", "epoch_ended", "trial_retried",
        "epoch_ended", "trial_ended", "final_started", "final_epoch_ended", "warning", "stopping", "session_ended",
    ]  # fmt: skip
    assert told[2]["data"] == {"rows": 10, "classes": 2, "shape": [8, 8, 1]}
    assert told[5] | {"time": ""} == {
        "time": "", "event": "epoch_ended", "trial": 3, "epoch": 1, "planned_epochs": 2, "learning_rate": 0.01,
        "metrics": {"loss": None, "val_accuracy": 0.5}, "seconds": 0.5, "best": True,
    }  # fmt: skip
    assert told[8]["value"] == 0.75
    assert told[8]["network"] == "conv8 > gap"


def test_a_line_is_there_as_soon_as_its_event(tmp_path):
    journal = Journal(tmp_path / "events.jsonl")
    journal.trial_started(0, "conv8")
    assert lines(tmp_path / "events.jsonl")[-1]["event"] == "trial_started"
    journal.closed()


def test_a_continued_search_goes_on_in_the_same_file(tmp_path):
    for _ in range(2):
        tell(Journal(tmp_path / "events.jsonl"))
    told = [line["event"] for line in lines(tmp_path / "events.jsonl")]
    assert told.count("session_started") == told.count("session_ended") == 2


def test_the_documentation_names_every_field_of_every_event(tmp_path):
    tell(Journal(tmp_path / "events.jsonl"))
    section = (DOCS / "watching.md").read_text("utf-8").partition("## Events")[2].partition("\n## ")[0]
    documented = {
        name: set(re.findall(r"`(\w+)`", fields))
        for name, fields in re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.M)
    }
    for line in lines(tmp_path / "events.jsonl"):
        assert set(line) - {"time", "event"} == documented[line["event"]], line["event"]
    assert set(documented) == {line["event"] for line in lines(tmp_path / "events.jsonl")}


def test_where_nothing_can_be_written_is_said_before_the_search(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write events into"):
        make_progress(quiet=True, events_file=tmp_path / "file" / "events.jsonl")
    with pytest.raises(ConfigError, match="cannot write into"):
        make_progress(quiet=True, tensorboard=tmp_path / "file" / "logs")
    with pytest.raises(ConfigError, match="No space left on device"):
        make_progress(quiet=True, events_file=Path("/dev/full"))


def test_a_file_that_breaks_is_said_and_ends_nothing(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    events = make_progress(events_file=pipe)
    os.close(reader)  # whoever listened has gone
    tell(events)
    shown = capsys.readouterr().err
    assert shown.count(f"{pipe} is not written any more") == 1
    assert "search over: time is up" in shown


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard would show of a run, read from its records."""
    from tensorboardX.proto.event_pb2 import Event

    found: dict[str, list[tuple[int, float]]] = {}
    for file in sorted(folder.glob("events.*")):
        data, place = file.read_bytes(), 0
        while place < len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            event = Event.FromString(data[place + 12 : place + 12 + length])
            place += 16 + length
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    found.setdefault(value.tag, []).append((event.step, round(value.simple_value, 4)))
    return found


def test_tensorboard_has_a_run_for_every_trial_and_one_for_the_search(tmp_path):
    tell(make_progress(quiet=True, tensorboard=tmp_path / "logs"))
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["final", "search", "trial-0003"]
    trial = scalars(tmp_path / "logs" / "trial-0003")
    assert trial["val_accuracy"] == [(1, 0.5), (2, 0.75)]
    assert "loss" not in trial  # was not a number
    assert trial["learning_rate"] == [(1, 0.01), (2, 0.01)]
    assert scalars(tmp_path / "logs" / "search")["best_value"] == [(3, 0.75)]
    assert scalars(tmp_path / "logs" / "final")["val_accuracy"] == [(1, 0.9)]


def test_a_search_that_never_began_leaves_nothing(tmp_path):
    events = make_progress(quiet=True, events_file=tmp_path / "run" / "e.jsonl", tensorboard=tmp_path / "run" / "tb")
    events.closed()
    assert not any(tmp_path.iterdir())
