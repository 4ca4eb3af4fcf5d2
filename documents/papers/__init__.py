"""Court papers as Word documents, filled from templates."""

from documents.papers.render import PaperError, blank, render, render_template, template_for

__all__ = ["PaperError", "blank", "render", "render_template", "template_for"]
