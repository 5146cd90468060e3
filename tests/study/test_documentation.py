"""What docs/study-database.md says is true."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from automl.study import TRIAL_STATES, RunFolder, Study
from automl.study.mirror import BEST, LATEST
from automl.study.tables import Base

PAGE = (Path(__file__).parents[2] / "docs" / "study-database.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_ten_queries() -> None:
    assert len(QUERIES) == 10


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.splitlines()[0][:40])
def test_every_query_gives_rows_on_a_real_study(lived: RunFolder, query: str) -> None:
    Study.open(lived.storage_url, lived.study).close()  # as after a crash: the trial that still ran is queued again
    connection = sqlite3.connect(f"file:{lived.path / 'study.db'}?mode=ro", uri=True)
    try:
        assert connection.execute(query).fetchall()
    finally:
        connection.close()


def test_how_much_a_sampler_sees_is_said() -> None:
    assert f"the latest {LATEST} trials, the best {BEST} of those before them" in " ".join(PAGE.split())


def test_every_table_column_and_state_is_described() -> None:
    for table in Base.metadata.sorted_tables:
        assert f"`{table.name}`" in PAGE
        for column in table.columns:
            assert f"`{column.name}`" in PAGE or column.name == "id", f"{table.name}.{column.name}"
    for state in TRIAL_STATES:
        assert f"| `{state}` |" in PAGE


def test_sqlite_shows_every_trial_with_architecture_parameters_epochs_state_and_reason(lived: RunFolder) -> None:
    connection = sqlite3.connect(f"file:{lived.path / 'study.db'}?mode=ro", uri=True)
    rows = connection.execute(
        "SELECT t.number, t.state, t.architecture, t.parameters, t.reason, count(e.epoch), max(e.metrics) "
        "FROM automl_trial t LEFT JOIN automl_epoch e ON e.trial_id = t.id GROUP BY t.id ORDER BY t.number"
    ).fetchall()
    connection.close()
    assert [row[0] for row in rows] == list(range(8))
    assert [row[5] for row in rows] == [2, 1, 0, 0, 0, 0, 3, 1]
    for _, state, architecture, parameters, reason, epochs, metrics in rows:
        assert parameters == 1000
        assert architecture or reason == "dense: needs 2 axes, got (0, 3)"
        assert bool(reason) == (state in ("pruned", "infeasible", "duplicate", "failed"))
        assert not epochs or '"val_accuracy":' in metrics
