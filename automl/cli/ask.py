"""Asking before something is gone for good."""

from __future__ import annotations

import typer


def agreed(question: str, *, yes: bool) -> bool:
    """Whether to go on: with ``--yes`` nobody is asked.

    Args:
        question: Ends with a question mark.
        yes: Whether ``--yes`` was given.

    Raises:
        ConfigError: Nobody is there to answer.
    """
    if yes:
        return True
    from automl.errors import ConfigError

    try:
        answer = typer.confirm(question, default=False, err=True)
    except typer.Abort:
        raise ConfigError("nobody answered, and nothing was deleted; --yes does not ask") from None
    if not answer:
        typer.echo("nothing was deleted", err=True)
    return answer
