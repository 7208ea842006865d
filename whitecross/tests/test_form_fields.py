"""A field of any form: its label, hint and error belong to it for the eye and for a screen reader."""

from django import forms


class Measure(forms.Form):
    """One text, one checkbox, one choice, one hidden field."""

    height = forms.CharField(help_text="58 in or 147 cm", widget=forms.TextInput(attrs={"class": "narrow"}))
    confirm = forms.BooleanField(label="Yes, this is right")
    grade = forms.ChoiceField(choices=[("05", "Grade 5")])
    token = forms.CharField(widget=forms.HiddenInput)


def test_an_error_and_the_hint_describe_their_input() -> None:
    html = Measure({})["height"].as_field_group()
    assert 'aria-describedby="id_height_helptext id_height_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<div class="usa-hint" id="id_height_helptext">58 in or 147 cm</div>' in html
    assert 'id="id_height_error"><span class="wc-error">This field is required.</span>' in html


def test_a_widget_keeps_its_own_class_beside_ours() -> None:
    assert 'class="narrow usa-input"' in str(Measure()["height"])
    assert 'class="narrow usa-input usa-input--error"' in str(Measure({})["height"])


def test_each_kind_of_widget_gets_the_class_that_draws_it() -> None:
    form = Measure()
    assert 'class="usa-checkbox__input"' in str(form["confirm"])
    assert 'class="usa-select"' in str(form["grade"])
    assert "class=" not in str(form["token"])


def test_a_checkbox_stands_before_its_label() -> None:
    html = Measure()["confirm"].as_field_group()
    assert html.index("<input") < html.index("<label")


def test_what_a_person_typed_is_escaped() -> None:
    assert "<script" not in Measure({"height": "<script>alert(1)</script>"})["height"].as_field_group()
