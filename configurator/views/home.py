"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from configurator.versions import mixer_for, versions_on_sale


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    mixers = [mixer_for(version) for version in versions_on_sale()]
    on_sale = [(mixer.spec, mixer.count()) for mixer in mixers]
    return render(request, "configurator/home.html", {"on_sale": on_sale, "nav": "home"})
