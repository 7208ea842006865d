"""The admin holds every model of ours, and of other packages only what an administrator needs."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import ForeignKey, Model

from access.admin_lists import BoundedAdmin, CappedPaginator

# The search index is made by the database from records, which are in the admin.
INDEXES = {"records.SearchEntry"}
OURS = [
    model
    for app in ("access", "students", "records", "metrics")
    for model in apps.get_app_config(app).get_models()
    if model._meta.label not in INDEXES
]
REGISTERED = list(admin.site._registry)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_of_ours_is_in_the_admin(model: type[Model]) -> None:
    assert admin.site.is_registered(model)


def test_of_other_packages_only_locked_logins_and_second_factors_are_there() -> None:
    others = {model._meta.label for model in REGISTERED} - {model._meta.label for model in OURS}
    assert others == {"axes.AccessAttempt", "mfa.Authenticator"}


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_every_list_can_be_searched_and_is_counted_up_to_a_limit(model: type[Model]) -> None:
    page = admin.site.get_model_admin(model)
    assert isinstance(page, BoundedAdmin)
    assert page.search_fields
    assert page.paginator is CappedPaginator
    assert page.show_full_result_count is False
    assert page.list_max_show_all <= 200


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_no_form_offers_all_rows_of_another_model_as_choices(model: type[Model]) -> None:
    page = admin.site.get_model_admin(model)
    editable = {field.name for field in model._meta.get_fields() if isinstance(field, ForeignKey) and field.editable}
    unbounded = editable - set(page.autocomplete_fields) - set(page.readonly_fields)
    assert unbounded == set() or "ReadOnlyAdmin" in {parent.__name__ for parent in type(page).__mro__}
