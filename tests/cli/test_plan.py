from __future__ import annotations

import json

import pytest


@pytest.fixture
def planned(automl, at_place):
    def planned(*args):
        done = automl("plan", "data/digits/train", "--task", "image-classify", "--cache-dir", "cache", *args)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return planned


def test_a_plan_says_data_settings_space_and_network_and_trains_nothing(planned, at_place):
    before = set(at_place.iterdir())
    shown = planned("--no-measure", "--preset", "quick", "--seed", "3", "--workers", "1")
    for words in (
        "120 rows (96 to train, 24 to validate)",
        "preset quick",
        "objective val_accuracy, to maximize",
        "space     cnn: ",
        "parameters, ",
        "workers   1",
        "estimate  none: it was not asked for",
    ):
        assert words in shown
    assert set(at_place.iterdir()) == before


def test_the_same_as_json_names_every_setting_with_its_origin(planned):
    answer = json.loads(
        planned("--no-measure", "--json", "--trials", "5", "--storage", "postgresql://me:geheim@host/db")
    )
    settings = {each["setting"]: (each["value"], each["origin"]) for each in answer["settings"]}
    assert settings["trials"] == ("5", "flag")
    assert settings["workers"] == (None, "default")
    assert settings["storage"] == ("postgresql://me:***@host/db", "flag")
    assert answer["search"]["parameters"] > 0
    assert answer["search"]["discrete"] > 1000
    assert answer["estimate"] is None


def test_times_follow_from_flops_and_the_measured_speed(planned, monkeypatch):
    asked = []

    def ask(*question, gpus=None):
        asked.append(question)
        return {"flops_a_second": 1e9, "step_seconds": 0.001}

    monkeypatch.setattr("automl.execution.probe.ask", ask)
    answer = json.loads(planned("--json", "--time-budget", "10m", "--workers", "1", "--space", "tiny.yaml"))
    search, estimate = answer["search"], answer["estimate"]
    assert asked[0][0] == "speed"
    steps = -(-96 // search["batch_size"])
    expected = 3 * search["flops"] * 96 / 0.5e9 + steps * 8 * 0.001
    assert estimate["epoch_seconds"] == pytest.approx(expected * 1.15)
    assert estimate["trial_seconds"] > search["epochs"] * estimate["epoch_seconds"]
    assert estimate["trials"] == int(0.35 * 600 / estimate["trial_seconds"])


def test_what_would_end_the_search_ends_the_plan(automl, tmp_path):
    done = automl("plan", tmp_path / "nothing", "--task", "image-classify", "--no-measure")
    assert done.exit_code == 3
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_speed_of_this_machine_is_measured():
    from automl.execution.probe import ask

    answer = ask("speed", "1")
    assert answer is not None
    assert 1e8 < answer["flops_a_second"] < 1e15
    assert 0 < answer["step_seconds"] < 1
    assert ask("nonsense") is None
