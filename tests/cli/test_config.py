from __future__ import annotations

import json

import jsonschema
import pytest
from ruamel.yaml import YAML

from automl.cli.layers import keys_of
from automl.cli.search import asked
from automl.config.presets import PRESETS, PresetName


@pytest.fixture
def configured(automl, tmp_path, monkeypatch):
    """The configuration that a search of some options would have."""
    monkeypatch.chdir(tmp_path)
    found = []

    def run_search(config, events):
        found.append(config)
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("automl.run.run_search", run_search)

    def configured(*args):
        done = automl("search", *args)
        assert done.exit_code == 130, done.stderr
        return found.pop()

    return configured


def test_a_flag_goes_before_the_environment_before_the_file_before_the_preset(configured, tmp_path, monkeypatch):
    (tmp_path / "automl.yaml").write_text("task: image-classify\nworkers: 1\nmax-epochs: 4\nseed: 7\n")
    monkeypatch.setenv("AUTOML_WORKERS", "2")
    monkeypatch.setenv("AUTOML_MAX_EPOCHS", "5")
    config = configured("data", "--max-epochs", "6", "--preset", "quick")
    assert (config.task, config.workers, config.max_epochs, config.seed) == ("image-classify", 2, 6, 7)
    assert config.time_budget == 60.0
    assert config.origins == {
        "data": "flag",
        "task": "automl.yaml:1",
        "workers": "environment AUTOML_WORKERS",
        "max-epochs": "flag",
        "seed": "automl.yaml:4",
        "time-budget": "preset quick",
        "preset": "flag",
        "ensemble": "preset quick",
    }


def test_what_is_required_may_stand_in_the_file(configured, tmp_path):
    (tmp_path / "automl.yaml").write_text("data: pictures\ntask: image-classify\n")
    assert str(configured().data) == "pictures"


@pytest.mark.parametrize(
    "options", [["--preset", "best", "--config", "f.yaml"], ["--config", "f.yaml", "--preset", "best"]]
)
def test_flags_are_understood_in_any_order(configured, tmp_path, options):
    (tmp_path / "f.yaml").write_text("task: image-classify\npreset: quick\n")
    config = configured("data", *options)
    assert (config.preset, config.time_budget) == ("best", 3600.0)


def test_a_preset_may_stand_in_the_file_and_the_file_be_named_in_the_environment(configured, tmp_path, monkeypatch):
    (tmp_path / "f.yaml").write_text("task: image-classify\npreset: quick\n")
    monkeypatch.setenv("AUTOML_CONFIG", "f.yaml")
    config = configured("data")
    assert (config.preset, config.origins["preset"], config.time_budget) == ("quick", "f.yaml:2", 60.0)


def test_a_preset_sets_no_time_where_a_limit_is_given(configured):
    config = configured("data", "--task", "image-classify", "--preset", "quick", "--trials", "3")
    assert (config.max_trials, config.time_budget) == (3, None)


def test_lists_are_written_as_lists(configured, tmp_path, monkeypatch):
    (tmp_path / "automl.yaml").write_text("task: multi\ntarget: [a, b]\ninput: ['x=image:file', 'y=text:words']\n")
    monkeypatch.setenv("AUTOML_OUTPUT", "kind=classification:KIND; price=regression:PRICE")
    columns = configured("data").columns
    assert columns.target == ("a", "b")
    assert [port.name for port in columns.inputs] == ["x", "y"]
    assert [port.name for port in columns.outputs] == ["kind", "price"]


def test_a_saved_configuration_asks_for_the_same_search(configured, tmp_path):
    options = ["--task", "tabular-classify", "--preset", "quick", "--target", "a,b", "--drop-missing-labels"]
    before = configured("data.csv", *options, "--save-config", "saved.yaml", "--memory-limit", "2GB")
    after = configured("--config", "saved.yaml")
    for name in ("task", "time_budget", "seed", "columns", "limits", "max_epochs", "workers"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.data == tmp_path / "data.csv"
    assert "time-budget: 60s # preset quick" in (tmp_path / "saved.yaml").read_text()


def test_a_password_is_neither_saved_nor_shown(automl, configured, tmp_path):
    url = "postgresql://me:geheim@host/db"
    configured("data", "--task", "image-classify", "--storage", url, "--save-config", "saved.yaml")
    assert "geheim" not in (tmp_path / "saved.yaml").read_text()
    done = automl("search", "--config", "saved.yaml")
    assert done.exit_code == 2
    assert "saved.yaml:" in done.stderr
    assert "AUTOML_STORAGE" in done.stderr
    assert configured("--config", "saved.yaml", "--storage", url).storage == url
    (tmp_path / "wrong.yaml").write_text(f"storage: {{url: {url}}}\n")
    done = automl("search", "data", "--config", "wrong.yaml")
    assert done.exit_code == 2
    assert "me:***@host" in done.stderr
    assert "geheim" not in done.stderr
    (tmp_path / "own.yaml").write_text(f"storage: {url}\n")
    assert "geheim" not in automl("config", "validate", "own.yaml").stdout


def test_a_file_of_someone_else_is_not_written_over(automl, tmp_path):
    (tmp_path / "mine.yaml").write_text("task: image-classify\n")
    done = automl("search", "data", "--task", "image-classify", "--save-config", tmp_path / "mine.yaml")
    assert done.exit_code == 2
    assert (tmp_path / "mine.yaml").read_text() == "task: image-classify\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("task: a\ntime-bugdet: 4\n", "automl.yaml:2: unknown setting 'time-bugdet'; did you mean 'time-budget'?"),
        ("task: a\n\nworkers: many\n", "automl.yaml:3: workers is 'many'; it must be a whole number"),
        ("time-budget: soon\n", "automl.yaml:1: time-budget: cannot read 'soon' as a duration"),
        ("task: a\ntask: b\n", "automl.yaml:2:1: found duplicate key"),
        ("on-bad-file: ask\n", "automl.yaml:1: on-bad-file is 'ask'; it must be 'error' or 'skip'"),
        ("- task\n", "write one setting a line"),
        ("7: a\n", "automl.yaml:1: 7 is no name of a setting"),
        ("task: [\n", "automl.yaml:"),
        ("adopt: true\n", "unknown setting 'adopt'"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(automl, tmp_path, monkeypatch, text, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "automl.yaml").write_text(text)
    done = automl("search", "data")
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_wrong_in_the_environment_is_said_with_its_name(automl, monkeypatch):
    monkeypatch.setenv("AUTOML_TIME_BUGDET", "5m")
    monkeypatch.setenv("AUTOML_WORKERS", "many")
    done = automl("search", "data", "--task", "image-classify")
    assert done.exit_code == 2
    assert "environment AUTOML_WORKERS: workers is 'many'" in done.stderr
    assert "did you mean AUTOML_TIME_BUDGET?" in done.stderr


def test_every_preset_sets_options_that_there_are():
    keys = {key for key, _, _ in keys_of(asked).values()}
    assert set(PRESETS) == {name.value for name in PresetName}
    for preset in PRESETS.values():
        assert set(preset.options) <= keys


def test_the_schema_says_what_the_file_may_hold(automl):
    schema = json.loads(automl("config", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    text = "task: image-classify\ntime-budget: 10m\ntrials: 3\ntarget: [a, b]\nmulti-label: true\npreset: best\n"
    jsonschema.validate(YAML(typ="safe").load(text), schema)
    for wrong in ({"tusk": "a"}, {"workers": "many"}, {"multi-label": "perhaps"}, {"preset": "slow"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_the_run_keeps_where_its_values_come_from(automl, at_place, tmp_path):
    (tmp_path / "f.yaml").write_text("task: image-classify\nspace: tiny.yaml\ntrials: 1\nmax-epochs: 1\nworkers: 0\n")
    done = automl(
        "search", "data/digits/train", "--config", tmp_path / "f.yaml", "--seed", "1", "-o", tmp_path / "run", "-q"
    )
    assert done.exit_code == 0, done.stderr
    kept = json.loads((tmp_path / "run" / "run.json").read_text())["command"]["origins"]
    assert kept["seed"] == "flag"
    assert kept["trials"] == f"{tmp_path / 'f.yaml'}:3"
    again = automl("search", "--config", tmp_path / "f.yaml", "data/digits/train", "-o", tmp_path / "run", "-q")
    assert again.exit_code == 0, again.stderr
