"""A search in one file to send on: what was asked, what came of it, where it errs, how it went, how to use it.

>>> from automl.report import write_report
>>> write_report(Path("automl-runs/digits"), Path("report.html"))  # doctest: +SKIP

Keras is loaded only where the answers of the best network were not kept. Nothing of a report comes from a network, and
it needs no script.
"""

from __future__ import annotations

from automl.report.closing import write_at_end
from automl.report.write import REPORT_FILE, write_report

__all__ = ["REPORT_FILE", "write_at_end", "write_report"]
