"""What the shop says when it is reached over https, asked of a process with such settings."""

import json
from pathlib import Path

from tests.processes import make_settings, run_python

ASK = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
def ask(**environ):
    answer = Client().get("/basket/add", HTTP_HOST="shop.example", **environ)
    return [answer.status_code, dict(answer.headers)]
print(json.dumps({
    "plain": ask(),
    "https": ask(HTTP_X_FORWARDED_PROTO="https"),
    "cookies": [
        [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY],
        [settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE, settings.CSRF_COOKIE_HTTPONLY],
    ],
}))
"""


def test_browsers_are_told_to_come_back_by_https_only_and_cookies_keep_to_it(tmp_path: Path) -> None:
    environment = make_settings(tmp_path, port=8000, extra={"BASE_URL": "https://shop.example"})

    said = json.loads(
        run_python("-c", ASK, environment={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"})
    )

    assert said["plain"][0] == 301
    assert said["plain"][1]["Location"] == "https://shop.example/basket/add"
    status, headers = said["https"]
    assert status == 405
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert said["cookies"] == [["__Host-session", True, True], ["__Host-csrf", True, True]]
