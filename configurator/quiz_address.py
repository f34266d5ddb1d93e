"""The state of the quiz in its address: all answers and the question that is open, in the query."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from configurator.leaving_out import read_search
from configurator.mixing.mixer import Mixer
from configurator.mixing.quiz import MOST_NEEDS, QuizAnswers, scent_slot
from configurator.remembering import clean_avoid

NEEDS, HAIR, LEAVE_OUT, SCENT, RESULT = "needs", "hair", "leave-out", "scent", "result"
ANY = "any"  # an answer of its own: not sure, or no wish
MOST_TOLD, LONGEST_TOLD = 5, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizState:
    """What she has answered so far and which question is open (`at`); `questions` are those of this recipe.

    `needs` may be more than are answered: then the first question says so. `gone` is what the address said and is not
    offered (any more). `search` is what she looks for among substances.
    """

    recipe: str
    questions: tuple[str, ...]
    at: str
    needs: tuple[str, ...] = ()
    hair: str = ""
    avoid: tuple[str, ...] = ()
    scent: str = ""
    search: str = ""
    gone: tuple[str, ...] = ()

    @property
    def has_too_many_needs(self) -> bool:
        return len(self.needs) > MOST_NEEDS

    @property
    def answers(self) -> QuizAnswers:
        return QuizAnswers(
            needs=self.needs[:MOST_NEEDS],
            hair="" if self.hair == ANY else self.hair,
            avoid=self.avoid,
            scent="" if self.scent == ANY else self.scent,
        )

    def address(
        self, at: str, *, without: Collection[str] = (), pairs: Sequence[tuple[str, str]] = ()
    ) -> str:
        """The address of a question or of the result; `without` answers of these names, which `pairs` may replace."""
        kept = [(name, value) for name, value in self.pairs() if name not in without]
        path = reverse("configurator:find_recipe", args=[self.recipe])
        return f"{path}?{urlencode([*kept, *pairs, ('at', at)])}"

    def pairs(self) -> list[tuple[str, str]]:
        """All answers as they stand in a query."""
        single = [("hair", self.hair), ("scent", self.scent)]
        return [
            *(("need", need) for need in self.needs),
            *(("avoid", item) for item in self.avoid),
            *((name, value) for name, value in single if value),
        ]

    @property
    def before(self) -> str:
        """The question before this one; empty on the first."""
        number = self.questions.index(self.at)
        return self.questions[number - 1] if number else ""

    @property
    def after(self) -> str:
        return (*self.questions, RESULT)[self.questions.index(self.at) + 1]


def read_quiz(mixer: Mixer, query: QueryDict, *, remembered: Collection[str] = ()) -> QuizState:
    """The state that a query spells, without what is not offered.

    A quiz that begins starts with what is `remembered` to be left out. A search that she typed and did not send is
    made first: what she typed there must not be passed over.
    """
    questions = questions_of(mixer)
    gone: list[str] = []
    at = _one_of(query.get("at", ""), (*questions, RESULT), gone) or questions[0]
    needs = [_one_of(need, [need.slug for need in mixer.spec.needs], gone) for need in query.getlist("need")]
    hair_types = [hair.slug for hair in mixer.spec.hair_types]
    asked = clean_avoid(query.getlist("avoid"))
    avoid = mixer.known_avoid(asked if asked or "at" in query else remembered)
    gone += [item for item in asked if item not in avoid]
    search = read_search(query.get("find", ""))
    is_unsent = bool(search) and LEAVE_OUT in questions and search != query.get("searched")
    known_needs = tuple(dict.fromkeys(need for need in needs if need))
    if len(known_needs) > MOST_NEEDS:
        at = NEEDS
    return QuizState(
        recipe=mixer.spec.slug,
        questions=questions,
        at=LEAVE_OUT if is_unsent else at,
        needs=known_needs,
        hair=_one_of(query.get("hair", ""), (*hair_types, ANY), gone),
        avoid=avoid,
        scent=_one_of(query.get("scent", ""), (*_scents(mixer), ANY), gone),
        search=search,
        gone=tuple(value[:LONGEST_TOLD] for value in dict.fromkeys(gone))[:MOST_TOLD],
    )


def questions_of(mixer: Mixer) -> tuple[str, ...]:
    """The questions of a recipe with needs; those that have nothing to choose from are not asked."""
    asked = {
        NEEDS: True,
        HAIR: bool(mixer.spec.hair_types),
        LEAVE_OUT: bool(mixer.avoidable),
        SCENT: len(_scents(mixer)) > 1,
    }
    return tuple(question for question, is_asked in asked.items() if is_asked)


def _scents(mixer: Mixer) -> list[str]:
    slot = scent_slot(mixer.spec)
    return [part.slug for part in mixer.spec.components_of(slot)] if slot else []


def _one_of(value: str, offered: Collection[str], gone: list[str]) -> str:
    if value and value not in offered:
        gone.append(value)
        return ""
    return value
