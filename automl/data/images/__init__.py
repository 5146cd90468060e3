"""Pictures: from files, tables of paths, arrays and streams to pixels of one size in the cache."""

from __future__ import annotations
