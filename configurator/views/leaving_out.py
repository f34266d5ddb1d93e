"""The page on which she sees and changes what is left out for her, wherever she mixes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from configurator.leave_out_page import build_leave_out, change_list, count_asked, has_unsent_search
from configurator.remembering import read_avoid
from configurator.same_origin import same_origin_post
from configurator.views.finding import mixers_on_sale


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def leave_out(request: HttpRequest) -> HttpResponse:
    """Her list, and the form that changes it; `next` is the page of ours that she comes from."""
    is_sent = request.method == "POST"
    if is_sent and not has_unsent_search(request.POST):
        before = read_avoid(request.session)
        answer = redirect(change_list(request.session, request.POST))
        if named := read_avoid(request.session):
            count_asked(mixers_on_sale(), named, before=before, day=timezone.localdate())
        return answer
    page = build_leave_out(
        mixers_on_sale(),
        remembered=read_avoid(request.session),
        sent=request.POST if is_sent else request.GET,
    )
    context = {"page": page, "is_unsent": is_sent}
    return render(request, "configurator/leave_out.html", context, status=422 if is_sent else 200)
