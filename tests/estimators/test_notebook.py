"""fit in a real notebook kernel."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

CELL = """
import numpy as np
from automl import ImageClassifier
y = np.arange(40) % 2
x = np.random.default_rng(0).integers(0, 99, (40, 8, 8), "uint8") + 99 * y[:, None, None].astype("uint8")
classifier = ImageClassifier(space="tiny.yaml", max_trials=1, max_epochs=2, ensemble=1, refit=False)
classifier.fit(x, y)
classifier.predict(x).shape
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of Jupyter's own event loops
def test_fit_in_a_notebook_shows_one_output_that_is_updated(tmp_path):
    (tmp_path / "tiny.yaml").write_text(
        "version: 1\nname: tiny\nmodel: [{conv: {filters: {choice: [8, 16]}}}, relu, gap, head]\n"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", timeout=200, resources=resources).execute()
    outputs = notebook.cells[0].outputs
    shown = [output for output in outputs if output.output_type == "display_data"]
    assert len(shown) == 1
    assert "val_accuracy" in shown[0].data["text/plain"]
    assert "1 of 1 trial" in shown[0].data["text/plain"]
    assert outputs[-1].data["text/plain"] == "(40,)"
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "data: 40 rows" in said
    assert "search over: all trials are done" in said
    assert "tensorflow" not in said.lower()
    assert "warning" not in said.lower()
