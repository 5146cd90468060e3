"""The snippets of docs/python.md run one after the other, as a reader would type them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")


@pytest.mark.slow
def test_the_snippets_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for snippet in re.findall(r"```python\n(.*?)```", TEXT, re.S):
        exec(snippet, names)
    classifier, X_test, y_test = names["classifier"], names["X_test"], names["y_test"]
    assert classifier.score(X_test, y_test) > 0.5
    assert "1347" in names["message"] or "1,347" in names["message"]
