"""How every form of the application is drawn.

`Renderer` is the project's FORM_RENDERER. Write `{{ form }}` for a whole form or
`{{ form.phone.as_field_group }}` for one field; nothing needs importing, because what a field looks
like follows from its widget and its name:

* `forms.RadioSelect(attrs={"class": "aw-seg"})` is drawn as one row of segments.
* a field named `<name>_none` is the "no answer" of the field `<name>` (not asked, declined, does not
  know). It is drawn under that field, small, and left out of its own place.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

NO_ANSWER_SUFFIX = "_none"

# What to do, instead of Django's "This field is required.", by what the field looks like.
MISSING = {
    "select": "Choose one.",
    "radios": "Choose one.",
    "seg": "Choose one.",
    "checks": "Choose at least one.",
    "file": "Choose a file.",
    "checkbox": "Tick this to go on.",
}


class Field(BoundField):
    """A bound field that knows how it is drawn."""

    @property
    def look(self) -> str:
        """One of checkbox, seg, radios, checks, file, textarea, select, input."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checks"
        if isinstance(widget, forms.RadioSelect):
            return "seg" if "aw-seg" in widget.attrs.get("class", "").split() else "radios"
        if isinstance(widget, forms.FileInput):
            return "file"
        if isinstance(widget, forms.Textarea):
            return "textarea"
        return "select" if isinstance(widget, forms.Select) else "input"

    @property
    def anchor(self) -> str:
        """The id that a link in the error summary leads to: the control, or the first of a group."""
        return self.id_for_label or f"{self.auto_id}_0"

    @property
    def no_answer(self) -> BoundField | None:
        """The field that says why this one has no answer, if the form has one."""
        name = self.name + NO_ANSWER_SUFFIX
        return self.form[name] if name in self.form.fields else None

    @property
    def is_no_answer(self) -> bool:
        """Whether this field is drawn under another one and so not in its own place."""
        return (
            self.name.endswith(NO_ANSWER_SUFFIX) and self.name[: -len(NO_ANSWER_SUFFIX)] in self.form.fields
        )

    @property
    def problems(self) -> list[str]:
        """What is wrong with the field and with its "no answer", shown once, above the control."""
        found = [self._in_words(error) for error in self.errors.as_data()]
        if self.no_answer is not None:
            found += [str(error) for error in self.no_answer.errors]
        return found

    def _in_words(self, error: ValidationError) -> str:
        own = self.field.error_messages.get("required")
        if error.code == "required" and own == forms.Field.default_error_messages["required"]:
            return MISSING.get(self.look, "Fill this in.")
        return " ".join(error.messages)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Nothing a person types about a client may be kept by the browser's own memory."""
        built = super().build_widget_attrs(attrs, widget)
        own = (widget or self.field.widget).attrs
        if self.look in {"input", "textarea"} and "autocomplete" not in own:
            built.setdefault("autocomplete", "off")
        return built


class Renderer(TemplatesSetting):
    """Templates come from templates/django/forms/ first, then from Django."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = Field
