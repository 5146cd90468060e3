"""A study in the browser: a copy of it, with notes and pictures, in optuna-dashboard (extra ``dashboard``)."""

from __future__ import annotations

from automl.dashboard.copying import Copy, copied
from automl.dashboard.serving import is_loopback, listening, put_on, require_extra

__all__ = ["Copy", "copied", "is_loopback", "listening", "put_on", "require_extra"]
