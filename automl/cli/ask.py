"""Asking before something that cannot be taken back."""

from __future__ import annotations

import typer


def agreed(question: str, *, yes: bool, otherwise: str = "nothing was deleted") -> bool:
    """Whether to go on: with ``--yes`` nobody is asked.

    Args:
        question: Ends with a question mark.
        yes: Whether ``--yes`` was given.
        otherwise: What to say to a no.

    Raises:
        ConfigError: Nobody is there to answer.
    """
    if yes:
        return True
    from automl.errors import ConfigError

    try:
        answer = typer.confirm(question, default=False, err=True)
    except typer.Abort:
        raise ConfigError(f"nobody answered, and {otherwise}; --yes does not ask") from None
    if not answer:
        typer.echo(otherwise, err=True)
    return answer
