"""Nothing about a child stays in a browser or a proxy: every answer of the service says no-store by itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class NoStoreMiddleware:
    """Set Cache-Control: no-store on every answer that does not say otherwise; static files are served before this."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        return response
