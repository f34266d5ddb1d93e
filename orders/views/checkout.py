"""The checkout."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from configurator.bench import read_bench
from configurator.mix_address import MixState, read_state
from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.views.finding import find_mixer
from configurator.wording import mix_name, parts_of
from orders.checkout_form import CheckoutForm
from orders.placing import NotMakeableError, PriceChangedError, Wish, place_order, quote
from orders.stock import OutOfStockError


@require_safe
def start(request: HttpRequest, recipe: str) -> HttpResponse:
    """From the mixer's form to the checkout of what is chosen in it, or back to the mixer if that cannot be ordered."""
    mixer = find_mixer(recipe)
    state = read_state(mixer, choices="", query=request.GET.dict())
    return redirect(_checkout_address(mixer, state) if _can_order(mixer, state) else state.address(mixer))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, recipe: str, choices: str) -> HttpResponse:
    """One page: what is bought and what it costs in all, where it goes, pay."""
    mixer = find_mixer(recipe)
    state = read_state(mixer, choices=choices, query=request.GET.dict())
    if not _can_order(mixer, state):
        return redirect(state.address(mixer))
    wish = Wish(recipe=recipe, mix=state.mix, size=state.size.slug, label_name=state.label_name)
    now = timezone.now()
    price_change: PriceChangedError | None = None
    if request.method == "POST":
        form = CheckoutForm(request.POST)
        if form.is_valid():
            try:
                order = place_order(
                    [wish],
                    form.customer(),
                    checkout_key=form.cleaned_data["checkout_key"],
                    shown_total=form.cleaned_data["shown_total"],
                    now=now,
                )
            except (NotMakeableError, UnknownChoiceError):
                return redirect(state.address(mixer))
            except PriceChangedError as error:
                price_change = error
            except OutOfStockError as error:
                form.add_error(
                    None,
                    _("There is not enough %(name)s left for this mix. Choose another one.")
                    % {"name": error.component},
                )
            else:
                return redirect("orders:pay", token=order.token)
    else:
        form = CheckoutForm(initial={"checkout_key": uuid.uuid4()})
    try:
        quoted = quote([wish], bench=read_bench(today=timezone.localdate(now)), now=now)
    except (NotMakeableError, UnknownChoiceError):  # a version was published while this page was made
        return redirect(state.address(mixer))
    form.show_total(quoted.total)
    return render(
        request,
        "orders/checkout.html",
        {
            "form": form,
            "quote": quoted,
            "state": state,
            "price_change": price_change,
            "name": mix_name(mixer.spec, state.mix),
            "spec": mixer.spec,
            "parts": parts_of(mixer.spec, state.mix),
            "mixer_address": state.address(mixer),
        },
        status=422 if form.is_bound else 200,
    )


def _can_order(mixer: Mixer, state: MixState) -> bool:
    is_sound = mixer.is_complete(state.mix) and not state.gone and not state.label_error
    return is_sound and mixer.is_makeable(state.mix)


def _checkout_address(mixer: Mixer, state: MixState) -> str:
    choices = "/".join(state.mix[slot.slug] for slot in mixer.spec.slots)
    query = state.extras(mixer)
    return reverse("orders:checkout", args=[state.recipe, choices], query=query)
