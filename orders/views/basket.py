"""The basket: what is in it, and every change to it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from configurator.bench import Bench, read_bench, recent_bench
from configurator.mix_address import read_state
from configurator.remembering import read_avoid
from configurator.same_origin import same_origin_post
from configurator.versions import mixer_for
from configurator.views.finding import find_version
from configurator.wording import mix_name
from orders import basket_lines, baskets
from orders.basket_page import read_basket
from orders.basket_session import basket_key, recount, remember
from orders.baskets import (
    BasketFullError,
    BasketRow,
    TooManyOfOneError,
    find_line,
    unpaid_orders,
    version_on_sale,
)
from orders.bench_without import without_orders
from orders.models import BasketLine

LONGEST_QUANTITY = 9  # digits
REMOVED = "removed"  # in the session: the line that was taken out last


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = baskets.lines_of(basket_key(request.session))
    recount(request, (row.line for row in rows))
    bench = without_orders(recent_bench(today=today), unpaid_orders(rows))
    page = read_basket(rows, bench=bench, today=today, avoid=read_avoid(request.session))
    context = {
        "page": page,
        "added": page.line(request.GET.get("added", "")),
        "removed": request.session.get(REMOVED),
        "most": baskets.MOST_OF_ONE,
        "nav": "basket",
    }
    return render(request, "orders/basket.html", context)


@same_origin_post
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """From the mixer's form (or a quiz result) into the basket; back to the mixer if it cannot be made."""
    version = find_version(request.POST.get("recipe", ""))
    mixer = mixer_for(version)
    state = read_state(mixer, choices="", query=request.POST)
    # As the mixer showed it: what is in the basket is looked at anew when it is ordered.
    bench = recent_bench(today=timezone.localdate())
    content = basket_lines.content_for(version, state, bench=bench, avoid=read_avoid(request.session))
    if content is None:
        return redirect(state.address(mixer))
    now = timezone.now()
    kept = basket_key(request.session)
    row = find_line(kept, state.line) if state.line is not None else None
    try:
        if row is None:
            line = baskets.add_line(kept, content, now=now)
        else:
            line = row.line
            basket_lines.edit(line, content, now=now)
    except BasketFullError as error:
        messages.error(request, _too_many(error))
        return redirect(state.address(mixer))  # so that the mix is not lost
    except TooManyOfOneError as error:
        messages.error(request, _too_many(error))
        return redirect("orders:basket")
    remember(request, line.basket, more=1 if row is None else 0)
    return redirect(reverse("orders:basket", query={"added": line.pk}))


@require_POST
def change(request: HttpRequest, line: int, action: str) -> HttpResponse:
    """One change to one of her lines, by a button on the basket page."""
    if action not in ACTIONS:
        raise Http404(action)
    row = find_line(basket_key(request.session), line)
    if row is None:
        messages.info(request, _("That item is not in your basket any more."))
        return redirect("orders:basket")
    request.session.pop(REMOVED, None)
    ACTIONS[action](request, row)
    remember(request, row.line.basket)
    return redirect(f"{reverse('orders:basket')}#line-{line}")


@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """What was removed last, in the basket again."""
    removed = request.session.pop(REMOVED, None)
    if removed:
        line = BasketLine(**removed["values"])
        try:
            back = baskets.put_back(
                basket_key(request.session), baskets.content_of(line), pk=removed["pk"], now=timezone.now()
            )
        except BasketFullError as error:
            messages.error(request, _too_many(error))
        else:
            if back is not None:
                remember(request, back.basket)
    return redirect("orders:basket")


def _quantity(request: HttpRequest, row: BasketRow) -> None:
    text = request.POST.get("quantity", "").strip()
    if not (text.isascii() and text.isdigit()):
        messages.error(request, _("Write a whole number, such as 2."))
    elif len(text) > LONGEST_QUANTITY or not 1 <= int(text) <= baskets.MOST_OF_ONE:
        messages.error(request, _most_of_one())
    else:
        baskets.set_quantity(row.line, int(text), now=timezone.now())


def _copy(request: HttpRequest, row: BasketRow) -> None:
    try:
        baskets.copy_line(row.line, now=timezone.now())
    except BasketFullError as error:
        messages.error(request, _too_many(error))


def _remove(request: HttpRequest, row: BasketRow) -> None:
    name = mix_name(mixer_for(row.line.version).spec, row.line.mix)
    request.session[REMOVED] = {"name": name, **basket_lines.removed_values(row.line)}
    baskets.remove_line(row.line, now=timezone.now())


def _agree(request: HttpRequest, row: BasketRow) -> None:
    version = version_on_sale(row)
    if version is None or not basket_lines.agree(
        row.line,
        price=request.POST.get("price", ""),
        version=version,
        bench=_bench(row),
        avoid=read_avoid(request.session),
        now=timezone.now(),
    ):
        messages.info(request, _("It has changed once more. Nothing was agreed to; please look again."))


def _swap(request: HttpRequest, row: BasketRow) -> None:
    version = version_on_sale(row)
    if version is None or not basket_lines.swap(
        row.line,
        request.POST.get("mix", ""),
        price=request.POST.get("price", ""),
        version=version,
        bench=_bench(row),
        avoid=read_avoid(request.session),
        now=timezone.now(),
    ):
        messages.error(request, _("That mix cannot be made just now. Nothing was changed."))


def _save(request: HttpRequest, row: BasketRow) -> None:
    baskets.save_for_later(row.line, is_saved=True, now=timezone.now())


def _take(request: HttpRequest, row: BasketRow) -> None:
    baskets.save_for_later(row.line, is_saved=False, now=timezone.now())


def _gift(request: HttpRequest, row: BasketRow) -> None:
    baskets.set_gift(row.line, is_gift=request.POST.get("gift") == "yes", now=timezone.now())


ACTIONS: dict[str, Callable[[HttpRequest, BasketRow], None]] = {
    "quantity": _quantity,
    "copy": _copy,
    "remove": _remove,
    "save": _save,
    "take": _take,
    "gift": _gift,
    "agree": _agree,
    "swap": _swap,
}


def _bench(row: BasketRow) -> Bench:
    """The bench as it is, without what unpaid orders of its basket hold."""
    bench = read_bench(today=timezone.localdate())
    return without_orders(bench, unpaid_orders([row]))


def _too_many(error: BasketFullError | TooManyOfOneError) -> str:
    if isinstance(error, TooManyOfOneError):
        return _most_of_one()
    return _("A basket holds %(most)s mixes. Order these first, or remove one.") % {
        "most": baskets.MOST_LINES
    }


def _most_of_one() -> str:
    return _("We make 1 to %(most)s of one mix at a time; write to us if you need more.") % {
        "most": baskets.MOST_OF_ONE
    }
