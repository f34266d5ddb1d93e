"""The basket: what is in it, and every change to it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from configurator.bench import missing, read_bench
from configurator.mix_address import MixState, read_state
from configurator.mixing.mixer import Mixer, Verdict
from configurator.remembering import read_avoid
from configurator.same_origin import same_origin_post
from configurator.versions import newest_version
from configurator.views.finding import find_mixer
from configurator.wording import mix_name
from orders import baskets
from orders.basket_page import lines_of, read_basket
from orders.basket_session import basket_of, remember
from orders.baskets import BasketFullError, Content
from orders.models import BasketLine


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    kept = basket_of(request)
    rows = lines_of(kept)
    page = read_basket(rows, bench=read_bench(today=today), today=today, avoid=read_avoid(request.session))
    return render(
        request,
        "orders/basket.html",
        {
            "page": page,
            "removed": request.session.get("removed"),
            "most": baskets.MOST_OF_ONE,
            "nav": "basket",
        },
    )


@same_origin_post
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """From the mixer's form (or a quiz result) into the basket; back to the mixer if it cannot be made."""
    mixer = find_mixer(request.POST.get("recipe", ""))
    state = read_state(mixer, choices="", query=request.POST)
    verdict = _check(request, mixer, state)
    if verdict is None or not verdict.makeable:
        return redirect(state.address(mixer))
    line = _line(request, state.line) if state.line else None
    content = Content(
        version=newest_version(mixer.spec.slug),
        mix=state.mix,
        size=state.size.slug,
        unit_price=verdict.price,
        label_name=state.label_name,
        quantity=line.quantity if line else 1,
        is_gift=line.is_gift if line else False,
    )
    name = mix_name(mixer.spec, state.mix)
    now = timezone.now()
    if line is not None:
        baskets.change_line(line, content, now=now)
        remember(request, line.basket)
        messages.success(request, _("Changed: %(name)s.") % {"name": name})
        return redirect("orders:basket")
    try:
        added = baskets.add_line(basket_of(request), content, now=now)
    except BasketFullError:
        messages.error(request, _full())
    else:
        remember(request, added.basket)
        messages.success(request, _("In your basket: %(name)s.") % {"name": name})
    return redirect("orders:basket")


@require_POST
def change(request: HttpRequest, line: int, action: str) -> HttpResponse:
    """One change to one of her lines, by a button on the basket page."""
    row = _line(request, line)
    if row is None:
        messages.info(request, _("That bottle is not in your basket any more."))
    elif action not in ACTIONS:
        raise Http404(action)
    else:
        ACTIONS[action](request, row)
        remember(request, row.basket)
    return redirect("orders:basket")


@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """What was removed last, in the basket again."""
    removed = request.session.pop("removed", None)
    line = BasketLine(**removed["values"]) if removed else None
    if line is not None:
        try:
            added = baskets.add_line(basket_of(request), baskets.content_of(line), now=timezone.now())
        except BasketFullError:
            messages.error(request, _full())
        else:
            remember(request, added.basket)
    return redirect("orders:basket")


def _quantity(request: HttpRequest, line: BasketLine) -> None:
    try:
        wanted = int(request.POST.get("quantity", ""))
    except ValueError:
        messages.error(request, _("Write a whole number of bottles, such as 2."))
        return
    if not 1 <= wanted <= baskets.MOST_OF_ONE:
        messages.error(
            request,
            _("We make 1 to %(most)s bottles of one mix at a time; write to us if you need more.")
            % {"most": baskets.MOST_OF_ONE},
        )
        return
    baskets.set_quantity(line, wanted, now=timezone.now())


def _copy(request: HttpRequest, line: BasketLine) -> None:
    try:
        baskets.copy_line(line, now=timezone.now())
    except BasketFullError:
        messages.error(request, _full())


def _remove(request: HttpRequest, line: BasketLine) -> None:
    mixer = find_mixer(line.version.recipe.slug)
    values = {**baskets.content_of(line).values(), "version_id": line.version_id}
    del values["version"]
    request.session["removed"] = {"name": mix_name(mixer.spec, line.mix), "values": values}
    baskets.remove_line(line, now=timezone.now())


def _agree(request: HttpRequest, line: BasketLine) -> None:
    """At the price that she saw on the button, if it is still the price."""
    mixer = find_mixer(line.version.recipe.slug)
    version = newest_version(mixer.spec.slug)
    verdict = mixer.check(mixer.read_mix(line.mix), size=mixer.read_size(line.size))
    if request.POST.get("price") == str(verdict.price):
        baskets.agree(line, version=version, unit_price=verdict.price, now=timezone.now())


def _swap(request: HttpRequest, line: BasketLine) -> None:
    """Another mix in the same place: one of the repairs."""
    mixer = find_mixer(line.version.recipe.slug)
    state = read_state(mixer, choices="", query=request.POST)
    verdict = _check(request, mixer, state)
    if verdict is None or not verdict.makeable:
        messages.error(request, _("That mix cannot be made just now. Nothing was changed."))
        return
    content = Content(
        version=newest_version(mixer.spec.slug),
        mix=state.mix,
        size=line.size,
        unit_price=verdict.price,
        label_name=line.label_name,
        quantity=line.quantity,
        is_gift=line.is_gift,
    )
    baskets.change_line(line, content, now=timezone.now())


ACTIONS: dict[str, Callable[[HttpRequest, BasketLine], None]] = {
    "quantity": _quantity,
    "copy": _copy,
    "remove": _remove,
    "save": lambda request, line: baskets.save_for_later(line, is_saved=True, now=timezone.now()),
    "take": lambda request, line: baskets.save_for_later(line, is_saved=False, now=timezone.now()),
    "gift": lambda request, line: baskets.set_gift(line, is_gift=not line.is_gift, now=timezone.now()),
    "agree": _agree,
    "swap": _swap,
}


def _line(request: HttpRequest, pk: int) -> BasketLine | None:
    """One of her own lines."""
    kept = basket_of(request)
    if kept is None:
        return None
    return kept.lines.select_related("version__recipe", "basket").filter(pk=pk).first()


def _check(request: HttpRequest, mixer: Mixer, state: MixState) -> Verdict | None:
    """The verdict under her avoid list and today's stock; None for what is not complete, known and printable."""
    if state.gone or state.label_error or not mixer.is_complete(state.mix):
        return None
    bench = read_bench(today=timezone.localdate())
    avoid = [name for name in (*read_avoid(request.session), *state.avoid) if name in mixer.avoidable]
    return mixer.check(state.mix, size=state.size, avoid=avoid, out=missing(bench, mixer.spec, state.size))


def _full() -> str:
    return _("A basket holds %(most)s mixes. Order these first, or remove one.") % {
        "most": baskets.MOST_LINES
    }
