"""What operators and their machines ask: probes and the Prometheus scrape."""

from django.urls import path

from metrics import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.scrape, name="metrics"),
]
