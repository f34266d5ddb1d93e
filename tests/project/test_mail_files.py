"""Mails without a mail server: files that any mail program opens, whole, once each, and for nobody else's eyes."""

import os
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import WARNING, run_checks
from django.core.mail import EmailMultiAlternatives, send_mail

from config.mail import check_mails
from config.processes import BASE_DIR
from config.run import describe_mails
from tests.processes import make_settings

HEADERS = {"Message-ID": "<K2-late-slip-1@shop.example>", "Date": "Mon, 02 Mar 2026 10:00:00 +0100"}
NAME = "20260302T090000Z-K2-late-slip-1.eml"


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.EMAIL_BACKEND = "config.mail.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "deep" / "mail"
    settings.HTTPS = False
    return tmp_path / "deep" / "mail"


def make_mail(**headers: str) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives("Später", "Grüße\n", to=["ada@example.org"], headers={**HEADERS, **headers})
    mail.attach_alternative("<p>Grüße</p>", "text/html")
    return mail


def test_a_mail_is_a_file_that_a_mail_program_reads(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert make_mail().send() == 1

    [file] = folder.iterdir()
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert file.name == NAME
    assert (read["Subject"], read["To"], read["Message-ID"]) == (
        "Später", "ada@example.org", "<K2-late-slip-1@shop.example>",
    )  # fmt: skip
    text, html = read.iter_parts()
    assert (text.get_content(), html.get_content()) == ("Grüße\r\n", "<p>Grüße</p>")
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b""), "lines end as RFC 5322 has it"
    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == (
        "INFO",
        f"mail “Später” is not sent but written to {file}",
    )


def test_a_mail_that_is_sent_again_is_the_same_file(folder: Path) -> None:
    for _ in range(3):
        make_mail().send()

    assert [file.name for file in folder.iterdir()] == [NAME]


def test_only_the_shops_own_account_can_read_mails(folder: Path) -> None:
    old = os.umask(0)
    try:
        make_mail().send()
    finally:
        os.umask(old)

    [file] = folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_is_full_leaves_no_half_a_mail_and_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_mail().send()
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="No space left"):
        make_mail(Subject="Other").send()

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("message_id", "name"),
    [
        ("<../../etc/passwd@x>", "..-..-etc-passwd"),
        ("<a/b\\c:d e@x>", "a-b-c-d-e"),
        (f"<{'a' * 300}@x>", "a" * 100),
        ("<.@x>", "."),
    ],
)
def test_no_message_id_leads_out_of_the_folder(folder: Path, message_id: str, name: str) -> None:
    make_mail(**{"Message-ID": message_id}).send()

    [file] = folder.iterdir()
    assert file.name == f"20260302T090000Z-{name}.eml"


def test_mails_of_others_than_the_outbox_are_files_of_their_own(folder: Path) -> None:
    for _ in range(2):
        send_mail("Reset", "Here", None, ["grace@example.org"])

    assert len(list(folder.iterdir())) == 2


def test_a_shop_over_https_is_told_that_its_mails_reach_nobody(
    folder: Path, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.HTTPS = True

    [said] = [message for message in run_checks() if message.id == "concoct.I001"]
    make_mail().send()

    assert not said.is_serious(WARNING), "`check --deploy --fail-level WARNING` passes"
    assert said.msg == f"Mails reach nobody: they are written to {folder}."
    assert "EMAIL_URL" in str(said.hint)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize(("https", "sent"), [(False, False), (False, True), (True, True)])
def test_where_all_is_well_the_check_is_silent(settings: LazySettings, https: bool, sent: bool) -> None:  # noqa: FBT001
    settings.HTTPS, settings.MAILS_ARE_SENT = https, sent

    assert check_mails() == []


def test_make_run_says_where_mails_go(folder: Path, settings: LazySettings) -> None:
    assert describe_mails() == f"written to {folder}/; set EMAIL_URL to send them"
    settings.EMAIL_FILE_PATH = Path.cwd() / "var" / "mail"
    assert describe_mails() == "written to var/mail/; set EMAIL_URL to send them"
    settings.MAILS_ARE_SENT = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp.example", 587
    assert describe_mails() == "sent by smtp.example:587"


SHOW = """
from django.conf import settings as s
print(s.EMAIL_BACKEND, s.EMAIL_TIMEOUT, s.DEFAULT_FROM_EMAIL, s.MAILS_ARE_SENT, sep="|")
print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, sep="|")
print(s.EMAIL_FILE_PATH)
"""


def read_settings(var_dir: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=BASE_DIR,
        env=make_settings(var_dir, port=8000, extra=extra),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_url_makes_the_settings_of_a_server(tmp_path: Path) -> None:
    url = "smtp+tls://shop%40example:s%2Fecret@smtp.example"

    said = read_settings(tmp_path, EMAIL_URL=url, SHOP_NAME="Mix, Stir & Co", SHOP_EMAIL="a@b.example").stdout

    assert said.splitlines()[:2] == [
        'django.core.mail.backends.smtp.EmailBackend|10|"Mix, Stir & Co" <a@b.example>|True',
        "smtp.example|587|shop@example|s/ecret|True|False",
    ]


def test_without_one_mails_are_files_beside_the_shops_state(tmp_path: Path) -> None:
    said = read_settings(tmp_path).stdout.splitlines()

    assert said[0] == "config.mail.FileBackend|10|Alembic Row <hello@alembic-row.example>|False"
    assert said[2] == str(tmp_path / "mail")
    assert not (tmp_path / "mail").exists()


def test_nonsense_stops_the_shop_and_keeps_the_password_to_itself(tmp_path: Path) -> None:
    refused = read_settings(tmp_path, EMAIL_URL="smtps+tls://shop:hunter2@smtp.example")

    assert refused.returncode == 1
    assert "EMAIL_URL must look like smtp+tls://user:password@host:587" in refused.stderr
    assert "hunter2" not in refused.stderr
