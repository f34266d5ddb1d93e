"""Wiring: settings, URLs, the Celery application, and how the shop's processes are run."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
