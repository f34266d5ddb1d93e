"""What many fields of the draft share: digits, help texts, validators."""

from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from configurator.mixing.spec import NONE
from configurator.mixing.validation import DRAWING

LAST = 100  # the position of a new row: behind those that are there
PERCENT_DIGITS, PERCENT_PLACES = 7, 4  # 0.0001 % is one part per million
ABOVE_ZERO = [MinValueValidator(Decimal("0.0001"))]
IN_PENCE = _("In minor units (pence), VAT included.")
SHORT_NAME = _("Short name for addresses and the API: small letters, digits, hyphens.")

validate_short_name = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens.")
)
validate_not_none = RegexValidator(
    rf"^{NONE}\Z", _("“none” is kept for a slot that holds nothing."), inverse_match=True
)
validate_drawing = RegexValidator(
    DRAWING, _("Write SVG path data only, beginning with M: commands, numbers, spaces, commas.")
)
validate_colour = RegexValidator(
    r"^#[0-9A-Fa-f]{6}\Z", _("Write the colour as #RRGGBB, for example #CFE07A.")
)
