"""From the parts of a report to one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from automl.report.parts import Part, Section


def render(title: str, subtitle: str, top: Sequence[Part], sections: Sequence[Section], *, made: str) -> str:
    """The page; all text is escaped, only drawings of our own are taken as they are.

    Args:
        title: Of the page.
        subtitle: Below it.
        top: Before the first section.
        sections: In order.
        made: When and by what.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("automl.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = files("automl.report").joinpath("templates", "report.css").read_text("utf-8")
    page = environment.get_template("report.html.j2")
    return page.render(title=title, subtitle=subtitle, top=top, sections=sections, made=made, style=style)
