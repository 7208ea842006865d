"""Lists of the admin that stay quick and quiet: counted up to a limit, and searched without a name in the address."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property

from access.keys import NotSealed, key_ring

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyModelAdmin = admin.ModelAdmin
    AnyPaginator = Paginator

MOST_ROWS = 10_000
SEALED = "~"
ABOUT = b"admin search"


def seal_search(text: str) -> str:
    """Return `text` encrypted for a web address: addresses are kept in histories and in the logs of proxies."""
    return SEALED + base64.urlsafe_b64encode(key_ring().seal(text.encode(), about=ABOUT)).decode().rstrip("=")


def unseal_search(text: str) -> str:
    """Return what was typed; text that is not sealed (an address written by hand) is its own meaning.

    Raises NotSealed for a search that was sealed under a key that is gone, or was altered.
    """
    if not text.startswith(SEALED):
        return text
    encoded = text.removeprefix(SEALED)
    try:
        sealed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except binascii.Error as error:
        raise NotSealed("not a sealed search") from error
    return key_ring().unseal(sealed, about=ABOUT).decode()


class SealedText(forms.CharField):
    """A search that was sealed by `seal_search`."""

    def clean(self, value: Any) -> str:
        """Return the text that was typed."""
        try:
            return unseal_search(super().clean(value))
        except NotSealed as error:
            raise ValidationError("This search has expired. Type it again.", code="expired") from error


class SealedSearchForm(ChangeListSearchForm):
    """The search form of a list, whose field opens what `seal_search` closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {SEARCH_VAR: SealedText(required=False, strip=False)}


class CappedPaginator(AnyPaginator):
    """Counts at most MOST_ROWS rows, so that a list of tens of millions opens as quickly as a short one.

    `capped` says that there are more; a search or a filter finds them.
    """

    most_rows = MOST_ROWS
    capped = False

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most MOST_ROWS."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        counted: int = rows.order_by().values("pk")[: self.most_rows + 1].count()
        self.capped = counted > self.most_rows
        return min(counted, self.most_rows)


class BoundedChangeList(ChangeList):
    """A list that leaves the columns of `list_defer` in the database."""

    search_form_class = SealedSearchForm

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> QuerySet[Any]:
        """Return the rows of the list, without what it does not show."""
        rows = super().get_queryset(request, exclude_parameters)
        deferred: tuple[str, ...] = getattr(self.model_admin, "list_defer", ())
        return rows.defer(*deferred) if deferred else rows


class BoundedAdmin(AnyModelAdmin):
    """What every list of the admin has in common."""

    list_defer: ClassVar[tuple[str, ...]] = ()
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    # A second count, over all rows, of which nobody needs to know the number.
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the class of the list."""
        return BoundedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; a search arrives by POST and becomes an address that does not give it away."""
        if request.method == "POST" and SEARCH_VAR in request.POST and "action" not in request.POST:
            kept = {key: request.POST.getlist(key) for key in request.POST if key != "csrfmiddlewaretoken"}
            text = request.POST[SEARCH_VAR].strip()
            kept[SEARCH_VAR] = [seal_search(text)] if text else []
            return HttpResponseRedirect(f"{request.path}?{urlencode(kept, doseq=True)}")
        return super().changelist_view(request, extra_context)


class ReadOnlyAdmin(AnyModelAdmin):
    """Rows that are made elsewhere and that nobody changes here."""

    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False
