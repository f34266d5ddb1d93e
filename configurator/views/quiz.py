"""The quiz: a few questions, and the mix that their answers give. All answers are in the address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from configurator.bench import recent_bench
from configurator.mixing.mixer import Mixer
from configurator.quiz_address import RESULT, SCENT, QuizState, read_quiz
from configurator.quiz_questions import build_question
from configurator.quiz_result import NoMixPage, ResultPage, build_result
from configurator.refused_pairs import count_refused
from configurator.remembering import read_avoid
from configurator.tallying import is_shown
from configurator.versions import mixer_for, recent_versions_on_sale
from configurator.views.finding import find_mixer


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The quiz of the first recipe that has one."""
    mixers = (mixer_for(version) for version in recent_versions_on_sale())
    mixer = next((mixer for mixer in mixers if mixer.spec.needs), None)
    if mixer is None:
        raise Http404("No recipe with needs is on sale.")
    return _show(request, mixer)


@require_safe
def find_recipe(request: HttpRequest, recipe: str) -> HttpResponse:
    mixer = find_mixer(recipe)
    if not mixer.spec.needs:
        raise Http404("This recipe has no needs to ask about.")
    return _show(request, mixer)


def _show(request: HttpRequest, mixer: Mixer) -> HttpResponse:
    remembered = read_avoid(request.session)
    state = read_quiz(mixer, request.GET, remembered=remembered)
    if state.at == RESULT:
        return _show_result(request, mixer, state, remembered)
    bench = recent_bench(today=timezone.localdate()) if state.at == SCENT else None
    page = build_question(mixer, state, bench=bench)
    return render(
        request,
        "configurator/quiz/question.html",
        {"page": page, "spec": mixer.spec},
        status=422 if page.error else 200,
    )


def _show_result(
    request: HttpRequest, mixer: Mixer, state: QuizState, remembered: tuple[str, ...]
) -> HttpResponse:
    today = timezone.localdate()
    page = build_result(mixer, state, bench=recent_bench(today=today), today=today, remembered=remembered)
    if isinstance(page, ResultPage) and is_shown(request):
        for pair in page.refused:
            count_refused(mixer, pair, day=today)
    name = "no_mix" if isinstance(page, NoMixPage) else "result"
    return render(request, f"configurator/quiz/{name}.html", {"page": page, "spec": mixer.spec})
