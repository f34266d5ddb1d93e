"""The basket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from configurator.same_origin import same_origin_post


@same_origin_post
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """From the mixer's form on to the checkout of what is chosen in it."""
    start = reverse("orders:start", args=[request.POST.get("recipe", "")], query=request.POST)
    return redirect(start)
