"""No template holds a text that is not translated, mails and pages for breakdowns included."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import DebugLexer, TokenType

TEMPLATES = settings.BASE_DIR / "templates"
PATHS = sorted(path for path in TEMPLATES.rglob("*.*") if path.is_file())
NOT_SAID = re.compile(
    r"<(style|script|code|pre)\b.*?</\1>|<!--.*?-->|<!DOCTYPE[^>]*>", re.DOTALL | re.IGNORECASE
)
SAID_ATTRIBUTE = re.compile(
    r"\b(?:title|alt|aria-label|aria-description|placeholder|data-found|hx-confirm|content)=(\"[^\"]*\"|'[^']*')"
)
MACHINE_META = re.compile(r"<meta\b(?![^>]*name=\"description\")[^>]*>")
MARKUP = re.compile(r"<[^>]*>|&\w+;|&#\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
GAP = "\x00"  # stands for what a tag or variable writes
MACHINE_TEXT = re.compile(
    rf"\bml\b|{GAP}#\w+|[^{{}}]*\{{[^{{}}]*\}}"
)  # a unit, the end of an address, a style
HANDED_ON = re.compile(
    r"\b\w+=[\"']([^\"']*)[\"']|\|(?:default|default_if_none|yesno|add|pluralize):[\"']([^\"']*)[\"']"
)
SENTENCE = re.compile(r"[A-Z][a-z]|\w\s\w")
DATE_FILTER = re.compile(r"\|(?:date|time):(?!'c')")

every_template = pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(TEMPLATES)))


def untranslated(source: str) -> list[str]:
    """What a template says in its own words."""
    markup = MACHINE_META.sub(" ", NOT_SAID.sub(" ", "".join(_own_text(source))))
    said = [match.group(1) for match in SAID_ATTRIBUTE.finditer(markup)] + MARKUP.sub("\n", markup).split(
        "\n"
    )
    return [
        " ".join(text.replace(GAP, "…").split()) for text in said if WORD.search(MACHINE_TEXT.sub("", text))
    ]


def handed_on(source: str) -> list[str]:
    """Texts that are written in a tag without being marked for translation."""
    tokens = DebugLexer(source).tokenize()
    tags = [t.contents for t in tokens if t.token_type in (TokenType.BLOCK, TokenType.VAR)]
    own = [
        tag
        for tag in tags
        if tag.split()[0] not in ("translate", "trans", "load", "url", "static", "comment")
    ]
    found = [match.group(1) or match.group(2) or "" for tag in own for match in HANDED_ON.finditer(tag)]
    return [text for text in found if SENTENCE.search(text)]


def _own_text(source: str) -> Iterator[str]:
    inside = ""  # the tag whose content is not said as it is
    for token in DebugLexer(source).tokenize():
        name = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""
        if inside:
            inside = "" if name == f"end{inside}" else inside
        elif name in ("blocktranslate", "blocktrans", "comment"):
            inside = name
        elif token.token_type is TokenType.TEXT:
            yield token.contents
        elif token.token_type is not TokenType.COMMENT:
            yield GAP


@every_template
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    assert untranslated(path.read_text()) == []


@every_template
def test_a_template_hands_no_words_of_its_own_on(path: Path) -> None:
    assert handed_on(path.read_text()) == []


@pytest.mark.parametrize(
    "path", [p for p in PATHS if "admin" not in p.parts], ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_a_template_writes_days_and_times_by_the_language(path: Path) -> None:
    """By the filters `day`, `weekday` and `day_and_time`; the filter `date` is for machines ('c')."""
    assert DATE_FILTER.findall(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'a' %} · {{ b }} ml &nbsp; <b class='some name'>&copy;</b></p>", []),
        ("{% blocktranslate %}said <b>so</b>{% plural %}more{% endblocktranslate %} (2)", []),
        ("<p>Hello {{ name }},</p>", ["Hello …,"]),
        (
            "<a title='{% if x %}Now{% endif %}' href='/now'>{% comment %}no{% endcomment %}{# no #}</a>",
            ["'…Now…'"],
        ),
        ("<style>p{color:red}</style><code>curl</code><meta name='x' content='a b'>", []),
        ('<meta name="description" content="Shampoo">', ['"Shampoo"']),
    ],
)
def test_the_judge_of_words_sees_them(source: str, found: list[str]) -> None:
    assert untranslated(source) == found


def test_the_judge_of_what_is_handed_on_sees_it() -> None:
    source = "{% include 'a b.html' with text='Keep it' action='keep' other=_('Well said') %}{{ x|yesno:'Yes,no' }}"

    assert handed_on(source) == ["Keep it", "Yes,no"]
