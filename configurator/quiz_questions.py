"""The questions of the quiz: one a page, with its cards and all other answers kept."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from configurator.bench import Bench, missing
from configurator.leaving_out import LeaveOutForm, in_her_words, make_form
from configurator.mixing.mixer import Mixer, contents_of
from configurator.mixing.quiz import scent_slot
from configurator.mixing.spec import Component
from configurator.quiz_address import ANY, HAIR, LEAVE_OUT, NEEDS, SCENT, QuizState
from configurator.quiz_words import Missing, out_text
from configurator.wording import list_of

ANSWER = {NEEDS: "need", HAIR: "hair", LEAVE_OUT: "avoid", SCENT: "scent"}  # the name of a question's answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One answer to choose; `why` says what stands against it, if anything does."""

    value: str
    title: str
    is_on: bool
    note: str = ""
    why: str = ""
    colour: str = ""
    glyph: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """One question. `kept` are the answers to the others, `form` is for what to leave out, `total` questions in all."""

    state: QuizState
    title: str
    hint: str
    field: str
    is_many: bool
    cards: tuple[Card, ...]
    form: LeaveOutForm | None
    number: int
    total: int
    kept: tuple[tuple[str, str], ...]
    skip_address: str
    error: str


def build_question(mixer: Mixer, state: QuizState, *, bench: Bench | None = None) -> QuestionPage:
    """The open question of a state; with a bench, what is out of stock is said."""
    titles = {
        NEEDS: (_("What would you like more of?"), _("Choose one or two.")),
        HAIR: (_("What is your hair like?"), _("Where several mixes are as good, this decides.")),
        LEAVE_OUT: (
            _("Is there anything we must leave out?"),
            _("What you tick here will not be in your mix, whatever else you choose."),
        ),
        SCENT: (
            _("Which scent would you like?"),
            _("It goes into your mix unless your first wish rules it out."),
        ),
    }
    title, hint = titles[state.at]
    field = ANSWER[state.at]
    return QuestionPage(
        state=state,
        title=title,
        hint=hint,
        field=field,
        is_many=state.at == NEEDS,
        cards=_cards(mixer, state, bench),
        form=make_form([mixer], state.avoid, search=state.search) if state.at == LEAVE_OUT else None,
        number=state.questions.index(state.at) + 1,
        total=len(state.questions),
        kept=tuple(pair for pair in state.pairs() if pair[0] != field),
        skip_address=state.address(state.after, without=() if state.at == LEAVE_OUT else (field,)),
        error=_("Choose one or two of them: a mix has no room for more.")
        if state.at == NEEDS and state.has_too_many_needs
        else "",
    )


def _cards(mixer: Mixer, state: QuizState, bench: Bench | None) -> tuple[Card, ...]:
    if state.at == NEEDS:
        return _need_cards(mixer, state)
    if state.at == HAIR:
        types = [
            Card(value=hair.slug, title=capfirst(hair.name), is_on=hair.slug == state.hair)
            for hair in mixer.spec.hair_types
        ]
        return (*types, Card(value=ANY, title=_("Not sure"), is_on=state.hair == ANY))
    return _scent_cards(mixer, state, bench) if state.at == SCENT else ()


def _need_cards(mixer: Mixer, state: QuizState) -> tuple[Card, ...]:
    parts = {part.slug: part for family in mixer.spec.families for part in family.components}
    return tuple(
        Card(
            value=need.slug,
            title=need.wording,
            is_on=need.slug in state.needs,
            colour=parts[need.component].colour,
            glyph=parts[need.component].glyph,
        )
        for need in mixer.spec.needs
    )


def _scent_cards(mixer: Mixer, state: QuizState, bench: Bench | None) -> tuple[Card, ...]:
    slot = scent_slot(mixer.spec)
    if slot is None:
        return ()
    out = missing(bench, mixer.spec, mixer.spec.sizes[0]) if bench else {}
    scents = [
        Card(
            value=part.slug,
            title=part.name,
            note=part.tagline,
            is_on=part.slug == state.scent,
            why=_against(mixer, slot.slug, part, state.avoid, out),
            colour=part.colour,
            glyph=part.glyph,
        )
        for part in mixer.spec.components_of(slot)
    ]
    return (
        *scents,
        Card(
            value=ANY,
            title=_("You choose"),
            note=_("What goes best with the rest."),
            is_on=state.scent == ANY,
        ),
    )


def _against(mixer: Mixer, slot: str, part: Component, avoid: tuple[str, ...], out: Missing) -> str:
    """What she leaves out, or stock, that keeps a scent from being had."""
    if found := tuple(item for item in avoid if item in contents_of(part)):
        return _("Contains %(what)s, which you asked us to leave out.") % {
            "what": list_of(in_her_words([mixer.spec], found))
        }
    return out_text(part.name, out[slot, part.slug]) if (slot, part.slug) in out else ""
