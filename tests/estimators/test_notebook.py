"""fit in a real notebook kernel."""

from __future__ import annotations

import sys

import nbformat
import pytest
from nbclient import NotebookClient

CELL = """
import numpy as np
from automl import ImageClassifier
y = np.arange(40) % 2
x = np.full((40, 8, 8), 200, "uint8") * y[:, None, None].astype("uint8")
classifier = ImageClassifier(max_trials=1, max_epochs=1).fit(x, y)
classifier.predict(x).shape
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the kernel talks over Unix sockets")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of Jupyter's own event loops
def test_fit_in_a_notebook_shows_one_output_that_is_updated(tmp_path):
    from jupyter_client.manager import AsyncKernelManager

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    kernel = AsyncKernelManager(kernel_name="python3", transport="ipc")
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, km=kernel, timeout=120, resources=resources).execute()
    outputs = notebook.cells[0].outputs
    shown = [output for output in outputs if output.output_type == "display_data"]
    assert len(shown) == 1
    assert "val_accuracy" in shown[0].data["text/plain"]
    assert "final model" in shown[0].data["text/plain"]
    assert outputs[-1].data["text/plain"] == "(40,)"
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "data: 40 rows" in said
    assert "tensorflow" not in said.lower()
