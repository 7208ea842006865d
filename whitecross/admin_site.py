"""The Django admin under our name."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class WhiteCrossAdminConfig(AdminConfig):
    """Makes `admin.site` the one below."""

    default_site = "whitecross.admin_site.WhiteCrossAdminSite"


class WhiteCrossAdminSite(AdminSite):
    """Administration of White Cross."""

    site_header = "White Cross administration"
    site_title = "White Cross"
    index_title = "Administration"
