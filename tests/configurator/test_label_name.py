"""The name on a bottle: any script, 24 letters as people count them, nothing that cannot be printed."""

import pytest
from django.core.exceptions import ValidationError

from configurator.label_name import clean_label_name, count_letters

PRINTED = [
    "",
    "Ada",
    "Ada Lovelace's",
    "D’Arcy & Co. - No. 5, ok",
    "Zoë Ångström",
    "क्षत्रिय",  # Devanagari
    "فاطمة الزهراء",  # Arabic
    "한국어",  # Hangul
    "მარიამი",  # Georgian
    "ჰ" * 24,
    "l·l",
    "می‌خواهم",  # Persian with a zero width non-joiner
    "٣٤٥",  # Arabic-Indic digits
]


@pytest.mark.parametrize("name", PRINTED, ids=range(len(PRINTED)))
def test_names_in_any_script_are_printed_as_they_are(name: str) -> None:
    assert clean_label_name(name) == name


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("  Ada \t\n Lovelace ", "Ada Lovelace"),
        ("   ", ""),
        ("Zoe\u0308", "Zoë"),
        ("\u1112\u1161\u11ab", "한"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
    ],
)
def test_a_name_is_brought_into_one_form(typed: str, printed: str) -> None:
    assert clean_label_name(typed) == printed


@pytest.mark.parametrize(
    ("letter", "count"),
    [
        ("a", 1),
        ("e\u0301\u0323", 1),
        ("नि", 1),
        ("\u1112\u1161\u11ab", 1),
        ("👩‍👩‍👧", 1),
        ("🇬🇧", 1),
        ("ab", 2),
        ("", 0),
    ],
)
def test_letters_are_counted_as_people_count_them(letter: str, count: int) -> None:
    assert count_letters(letter) == count


@pytest.mark.parametrize("letter", ["a", "ß", "नि", "한", "ي", "q\u0307", "語"])
def test_24_letters_fit_and_25_do_not(letter: str) -> None:
    assert count_letters(clean_label_name(letter * 24)) == 24

    with pytest.raises(ValidationError) as caught:
        clean_label_name(letter * 25)

    assert caught.value.messages == ["This name has 25 letters; 24 fit on the label."]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada 😀", "😀"),
        ("👩‍👩‍👧", "👩"),
        ("I ♥ you", "♥"),
        ("<Ada>", "<"),
        ('"Ada"', '"'),
        ("a/b", "/"),
        ("100%", "%"),
        ("Ada\x00", "U+0000"),
        ("Ada\u202elive", "U+202E"),
        ("Ada\u200b", "U+200B"),
        ("\ue000", "U+E000"),
        ("\ufeffAda", "U+FEFF"),
    ],
)
def test_what_cannot_be_printed_is_named(name: str, shown: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_label_name(name)

    assert caught.value.messages == [
        f"We cannot print “{shown}” on a label. Letters, digits and simple marks work."
    ]


def test_a_tower_of_accents_is_refused_though_it_is_one_letter() -> None:
    with pytest.raises(ValidationError) as caught:
        clean_label_name("q" + "\u0307" * 120)

    assert caught.value.messages == ["This name has more accents than we can print."]


@pytest.mark.parametrize("name", ["\u200d", "\u200c\u200c", "\u0301", "\u200d \u200d"])
def test_a_name_without_a_visible_letter_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_label_name(name)

    assert caught.value.messages == ["This name has no letter that we can print."]
