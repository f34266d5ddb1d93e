"""Shared mixes: putting one behind an address, its page and picture, taking it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from configurator.bench import recent_bench
from configurator.mix_address import read_state
from configurator.models import SharedMix
from configurator.og_picture import og_picture
from configurator.remembering import read_avoid
from configurator.same_origin import same_origin_post
from configurator.shared_page import asked_address, build_shared
from configurator.sharing import (
    CannotShareError,
    SharedEnoughError,
    known_codes,
    read_shared,
    remember_code,
    revoke_shared,
    share_mix,
)
from configurator.versions import mixer_for, recent_version
from configurator.views.finding import find_version

PICTURE_SECONDS = 24 * 60 * 60  # what was taken back is gone from caches a day later


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def share(request: HttpRequest) -> HttpResponse:
    """Gives a mix an address of its own; one that cannot be made is led to the mixer, which says why."""
    if request.method != "POST":
        return redirect("configurator:products")
    version = find_version(request.POST.get("recipe", ""), is_fresh=True)
    mixer = mixer_for(version)
    names = [*(slot.slug for slot in mixer.spec.slots), "size"]
    asked = {name: request.POST[name] for name in names if request.POST.get(name)}
    state = read_state(mixer, choices="", query=asked)
    if state.gone:
        return redirect(asked_address(mixer, state, asked))
    try:
        shared = share_mix(
            version,
            mixer,
            mix=state.mix,
            size=state.size,
            known=known_codes(request.session),
            now=timezone.now(),
        )
    except CannotShareError:
        return redirect(state.address(mixer))
    except SharedEnoughError:
        messages.warning(
            request, _("You have shared as many mixes as we keep. The link to this page can be sent as well.")
        )
        return redirect(state.address(mixer))
    remember_code(request.session, shared.code)
    return redirect("configurator:shared", shared.code)


@require_safe
def shared(request: HttpRequest, code: str) -> HttpResponse:
    """Someone's mix without the person, as it can be had today."""
    found = _find(code)
    if found.revoked_at:
        return _unlisted(render(request, "configurator/shared/gone.html", status=410))
    today = timezone.localdate()
    page = build_shared(
        found,
        old=mixer_for(found.version),
        new=mixer_for(recent_version(found.version.recipe.slug)),
        bench=recent_bench(today=today),
        today=today,
        avoid=read_avoid(request.session),
    )
    context = {"page": page, "is_hers": code in known_codes(request.session)}
    return _unlisted(render(request, "configurator/shared/mix.html", context))


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """The picture of a shared mix for pages that link to it: always the same one, until it is taken back."""
    found = _find(code)
    if found.revoked_at:
        return _unlisted(HttpResponseGone(content_type="text/plain"))
    response = HttpResponse(og_picture(found.version, found.mix), content_type="image/png")
    response["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}, immutable"
    return _unlisted(response)


@require_POST
def revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a shared mix back, for the browser that shared it."""
    _find(code)
    if code in known_codes(request.session):
        revoke_shared(SharedMix.objects.filter(code=code), now=timezone.now())
    else:
        messages.warning(
            request, _("Only the browser that shared this mix can take it back; write to us and we do it.")
        )
    return redirect("configurator:shared", code)


def _find(code: str) -> SharedMix:
    found = read_shared(code)
    if found is None:
        raise Http404("There is no shared mix of this code.")
    return found


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Only those who were given the address should come by."""
    response["X-Robots-Tag"] = "noindex"
    return response
