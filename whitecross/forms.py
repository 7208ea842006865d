"""How every form of White Cross is drawn: USWDS classes on Django's own widgets, one template around each field.

A page writes `{{ form.height.as_field_group }}` and gets label, hint, error and input, wired together for screen
readers by Django (aria-describedby, aria-invalid). No form needs to know a CSS class.
"""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxInput, FileInput, Select, Textarea, Widget
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting


def uswds_class(widget: Widget) -> str:
    """Return the USWDS class of a widget; empty for those that USWDS draws with a structure we do not use."""
    match widget:
        case CheckboxInput():
            return "usa-checkbox__input"
        case Select():
            return "usa-select"
        case Textarea():
            return "usa-textarea"
        case FileInput():
            return ""
    input_type = getattr(widget, "input_type", "")
    return "usa-input" if input_type not in {"", "hidden", "radio", "checkbox"} else ""


class USWDSBoundField(BoundField):
    """A field of a form that knows how USWDS wants it to look."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Add the USWDS classes to what Django sets; classes that the widget came with stay."""
        drawn = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        name = uswds_class(drawn)
        # A checkbox is marked by its group alone: USWDS draws the box on the label.
        marked = self.errors and name and not isinstance(drawn, CheckboxInput)
        classes = [attrs.get("class") or drawn.attrs.get("class"), name, "usa-input--error" if marked else ""]
        if joined := " ".join(filter(None, classes)):
            built["class"] = joined
        return built


class USWDSRenderer(TemplatesSetting):
    """Django's form renderer with our field template; FORM_RENDERER names it.

    It finds templates through TEMPLATES, so `django.forms` must be in INSTALLED_APPS.
    """

    field_template_name = "wc/field.html"
    bound_field_class = USWDSBoundField
