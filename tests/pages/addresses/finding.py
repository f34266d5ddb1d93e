"""How to reach the quiz, what is left out, and shared mixes."""

from django.test import Client
from django.urls import reverse

from configurator.models import SharedMix
from tests.orders.make import MIX
from tests.pages.samples import Sent, elsewhere, file, new_shopper, page, posted

QUIZ = "/find/shampoo"


@page("configurator:find", public=True)
def quiz(shopper: Client) -> str:
    return reverse("configurator:find")


@page("configurator:find_recipe", "hair", public=True)
def quiz_hair(shopper: Client) -> str:
    return f"{QUIZ}?need=body&at=hair"


@page("configurator:find_recipe", "too many needs", status=422)
def quiz_needs(shopper: Client) -> str:
    return f"{QUIZ}?need=body&need=shine&need=colour&at=hair"


@page("configurator:find_recipe", "what to leave out", public=True)
def quiz_leave_out(shopper: Client) -> str:
    return f"{QUIZ}?avoid=wheat&avoid=Panthenol&find=oil&at=leave-out"


@page("configurator:find_recipe", "scent", public=True)
def quiz_scent(shopper: Client) -> str:
    return f"{QUIZ}?avoid=fragrance&at=scent"


@page("configurator:find_recipe", "a mix")
def quiz_mix(shopper: Client) -> str:
    return f"{QUIZ}?need=strength&need=shine&hair=thick&avoid=oat&at=result"


@page("configurator:find_recipe", "no mix")
def quiz_no_mix(shopper: Client) -> str:
    return f"{QUIZ}?avoid=coconut-derived&avoid=wheat&at=result"


@page("configurator:leave_out", "nothing")
def leave_out(shopper: Client) -> str:
    return reverse("configurator:leave_out")


@page("configurator:leave_out", "two things, from the mixer")
def leave_out_two(shopper: Client) -> str:
    path = reverse("configurator:leave_out")
    shopper.post(path, {"avoid": ["wheat", "Parfum"]})
    return f"{path}?find=oil&next=/mix/shampoo/"


@page("configurator:leave_out", "a search that was not sent", status=422)
def leave_out_unsent(shopper: Client) -> Sent:
    return Sent(reverse("configurator:leave_out"), {"find": "oil", "avoid": "wheat"})


@elsewhere("configurator:share")
def share_nothing(shopper: Client) -> str:
    return reverse("configurator:share")


def share(shopper: Client) -> str:
    """The code of a mix that she has shared."""
    shopper.post(reverse("configurator:share"), {"recipe": "shampoo", **MIX})
    return SharedMix.objects.latest("pk").code


@page("configurator:shared", "by her")
def shared_by_her(shopper: Client) -> str:
    return reverse("configurator:shared", args=[share(shopper)])


@page("configurator:shared", "by someone")
def shared_by_someone(shopper: Client) -> str:
    return reverse("configurator:shared", args=[share(new_shopper())])


@page("configurator:shared", "taken back", status=410)
def taken_back(shopper: Client) -> str:
    code = share(shopper)
    shopper.post(reverse("configurator:revoke", args=[code]))
    return reverse("configurator:shared", args=[code])


@file("configurator:shared_picture")
def shared_picture(shopper: Client) -> str:
    return reverse("configurator:shared_picture", args=[share(shopper)])


@posted("configurator:revoke")
def revoke(shopper: Client) -> str:
    return reverse("configurator:revoke", args=[share(shopper)])
