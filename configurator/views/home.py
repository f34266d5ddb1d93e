"""The home page, and the page that asks which product to mix."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from configurator.bench import recent_bench
from configurator.home_page import build_home, list_products
from configurator.remembering import read_avoid
from configurator.views.finding import mixers_on_sale


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    page = build_home(
        mixers_on_sale(), bench=recent_bench(today=today), today=today, avoid=read_avoid(request.session)
    )
    return render(request, "configurator/home.html", {"page": page})


@require_safe
def mix(request: HttpRequest) -> HttpResponse:
    """Leads to the mixer of what is on sale; where there are several, they are listed."""
    mixers = mixers_on_sale()
    if len(mixers) == 1:
        return redirect("configurator:mixer", mixers[0].spec.slug)
    products = list_products(mixers, bench=recent_bench(today=timezone.localdate()))
    return render(request, "configurator/products.html", {"products": products})
