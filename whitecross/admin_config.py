"""Makes `admin.site` ours. Apart from the site itself, which needs the models that are loaded after this."""

from django.contrib.admin.apps import AdminConfig


class WhiteCrossAdminConfig(AdminConfig):
    """The admin of White Cross."""

    default_site = "whitecross.admin_site.WhiteCrossAdminSite"
