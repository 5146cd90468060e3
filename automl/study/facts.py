"""What a study writes down about where it ran."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_PACKAGES = ("automl", "tensorflow", "keras", "optuna", "sqlalchemy", "numpy")


def package_versions() -> dict[str, str]:
    """Versions of Python and of the installed packages that decide a result; imports none of them."""
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def machine_facts() -> dict[str, Any]:
    """Host, platform, processors and memory (bytes, where the system tells)."""
    facts: dict[str, Any] = {"host": platform.node(), "platform": platform.platform(), "cpus": os.cpu_count()}
    memory = _memory_bytes()
    return facts if memory is None else facts | {"memory": memory}


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
