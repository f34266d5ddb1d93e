"""The name that a shopper has printed on her bottle."""

import unicodedata

import regex
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 24  # grapheme clusters: what a reader counts as one letter
MOST_CODE_POINTS = 120  # stops towers of combining marks

ALLOWED = regex.compile(r"[\p{L}\p{M}\p{N} '’.,&!\-·\u200c\u200d]*")
VISIBLE = regex.compile(r"[^\p{M} \u200c\u200d]")  # joiners and marks show only on a letter


def clean_label_name(text: str) -> str:
    """The name in normal form without outer or double spaces; raises ValidationError in the shopper's words.

    Letters, accents and digits of any script, spaces and ' ’ . , & ! - · are printed.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not ALLOWED.fullmatch(name):
        odd = next(letter for letter in name if not ALLOWED.fullmatch(letter))
        shown = odd if odd.isprintable() else f"U+{ord(odd):04X}"
        raise ValidationError(
            _("We cannot print “%(letter)s” on a label. Letters, digits and simple marks work.")
            % {"letter": shown}
        )
    if name and not VISIBLE.search(name):
        raise ValidationError(_("This name has no letter that we can print."))
    length = count_letters(name)
    if length > LONGEST:
        raise ValidationError(
            _("This name has %(length)s letters; %(longest)s fit on the label.")
            % {"length": length, "longest": LONGEST}
        )
    if len(name) > MOST_CODE_POINTS:
        raise ValidationError(_("This name has more accents than we can print."))
    return name


def count_letters(text: str) -> int:
    """How many grapheme clusters a text has (Unicode Standard Annex 29)."""
    return len(regex.findall(r"\X", text))
