"""The second factor of staff: a code from an app on her phone (TOTP), or one of the backup codes she wrote down."""

import math
import re
import time
from base64 import b32encode
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils import timezone
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

DEMO = "demo: make code prints its codes"
BACKUP_CODES = 10
APP_CODE = re.compile(r"\d{6}", re.ASCII)


class SecondFactorError(Exception):
    """A code that does not let her in."""


class WrongCodeError(SecondFactorError):
    """It is neither the app's code of now nor an unused backup code."""


class UsedCodeError(SecondFactorError):
    """It was right, and somebody has signed in with it already."""


class TooManyTriesError(SecondFactorError):
    """After wrong codes the next one is only looked at in so many seconds, each time twice as many."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} s")


@dataclass(frozen=True, slots=True)
class NewApp:
    """What an app needs to know: a picture to scan, and the same key to type."""

    picture: str
    key: str


def is_let_in(user: User | AnonymousUser) -> bool:
    """Whether she has proved who she is as far as this shop asks for."""
    return not settings.STAFF_SECOND_FACTOR or bool(getattr(user, "otp_device", None))


def has_second_factor(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def pass_second_factor(user: User, typed: str) -> Device:
    """The device that this code is of. An app's code is taken once, a backup code is used up.

    Raises WrongCodeError, UsedCodeError, TooManyTriesError. Locks the device, so that of two at the same moment one
    gets in.
    """
    code = re.sub(r"[\s-]", "", typed).lower()
    kind: type[TOTPDevice | StaticDevice] = TOTPDevice if APP_CODE.fullmatch(code) else StaticDevice
    with transaction.atomic():
        device: TOTPDevice | StaticDevice | None = (
            kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        )
        if device is None:
            raise WrongCodeError
        is_used = isinstance(device, TOTPDevice) and _was_used(device, int(code))
        is_right = _verify(device, code) if not is_used else False
    if is_used:
        raise UsedCodeError
    if not is_right:  # raised out here, so that the failure stays counted
        raise WrongCodeError
    return device


def _verify(device: Any, code: str) -> bool:
    may_try, why_not = device.verify_is_allowed()
    if not may_try:
        left = (why_not["locked_until"] - timezone.now()).total_seconds()
        raise TooManyTriesError(max(1, math.ceil(left)))
    return bool(device.verify_token(code))


def _was_used(device: TOTPDevice, code: int) -> bool:
    totp = _totp(device)
    return bool(totp.verify(code, device.tolerance)) and totp.t() <= device.last_t


def _totp(device: TOTPDevice) -> TOTP:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return totp


def begin_set_up(user: User) -> NewApp:
    """Her new key, the same each time she looks until she has confirmed it."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=user, confirmed=False, name="app")
    picture = segno.make_qr(device.config_url, error="m")
    key = b32encode(device.bin_key).decode()
    return NewApp(
        picture=picture.svg_inline(scale=5, border=4, dark="#000", light="#fff"),
        key=" ".join(re.findall(".{1,4}", key)),
    )


def confirm_set_up(user: User, typed: str) -> Device:
    """Her new app takes the place of the one before. Raises WrongCodeError, TooManyTriesError."""
    code = re.sub(r"\s", "", typed)
    with transaction.atomic():
        device: TOTPDevice | None = (
            TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        )
        is_right = device is not None and _verify(device, code)
        if device is not None and is_right:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    if device is None or not is_right:
        raise WrongCodeError
    return device


def renew_backup_codes(user: User) -> list[str]:
    """New ones; those before work no longer. They are told this once."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="backup codes")
        codes = sorted({StaticToken.random_token() for _ in range(BACKUP_CODES)})
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def count_backup_codes(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def reset_second_factor(user: User) -> None:
    """Take away app and backup codes: at her next sign-in she sets up new ones, and whoever has the old ones is out."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()


def give_demo_device(user: User) -> None:
    """A second factor whose codes anybody at this machine can have printed; for who has none."""
    if not has_second_factor(user):
        TOTPDevice.objects.create(user=user, name=DEMO, key=random_hex())


def demo_codes() -> list[tuple[str, str]]:
    """User name and a code that works now, for each demo device: the next one where this one is used up."""
    devices = TOTPDevice.objects.filter(name=DEMO, confirmed=True).select_related("user").order_by("pk")
    return [(device.user.get_username(), _unused_code(device)) for device in devices]


def _unused_code(device: TOTPDevice) -> str:
    totp = _totp(device)
    if totp.t() <= device.last_t:
        totp.time += device.step * (device.last_t + 1 - totp.t())
    return f"{totp.token():06d}"
