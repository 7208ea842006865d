"""What operators and their machines ask: probes, the Prometheus scrape, the monitoring endpoints, the page."""

from django.urls import path, re_path

from metrics import api, views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.scrape, name="metrics"),
    path("ops/performance/", views.performance, name="ops_performance"),
    # With and without a slash at the end.
    re_path(r"^api/admin/performance/?$", api.PerformanceView.as_view(), name="admin_performance"),
    re_path(r"^api/admin/cache/stats/?$", api.CacheStatsView.as_view(), name="admin_cache_stats"),
    re_path(r"^api/admin/database/health/?$", api.DatabaseHealthView.as_view(), name="admin_database_health"),
    re_path(r"^api/admin/workers/stats/?$", api.WorkersStatsView.as_view(), name="admin_workers_stats"),
]
