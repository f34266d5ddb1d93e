"""What is noted of the people who run the shop."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(Exception):
    """What is noted once is neither changed nor deleted; the database itself refuses it, too."""


class AuditEntry(models.Model):
    """Something that one of the staff did, or that was tried in her name. Names, not references: rows outlive users."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
        SIGNED_OUT = "signed_out", _("signed out")
        TIMED_OUT = "timed_out", _("signed out after a time without work")
        FACTOR_PASSED = "factor_passed", _("second factor passed")
        FACTOR_FAILED = "factor_failed", _("second factor failed")
        FACTOR_SET_UP = "factor_set_up", _("second factor set up")
        FACTOR_RESET = "factor_reset", _("second factor taken away")
        CODES_RENEWED = "codes_renewed", _("backup codes made")
        CHANGED = "changed", _("changed")
        PERSON_CHANGED = "person_changed", _("member of the staff changed")
        ROLES_CHANGED = "roles_changed", _("roles changed")
        PUBLISHED = "published", _("published")
        EXPORTED = "exported", _("exported")
        IMPORTED = "imported", _("imported")
        LOOKED = "looked", _("looked at customers' data")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    who = models.CharField(_("who"), max_length=150, blank=True)
    about = models.CharField(_("about"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    network = models.CharField(_("from"), max_length=100, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["who", "-id"], name="audit_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.who} {self.about}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("An entry of the audit never changes.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("An entry of the audit stays.")
