"""The page on which she sees and changes what is left out for her: what it shows, and what its buttons do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from configurator import tallying
from configurator.leaving_out import (
    LeaveOutForm,
    avoided_in,
    make_form,
    read_search,
    without_avoided,
)
from configurator.mixing.mixer import Mixer
from configurator.remembering import clean_avoid, forget_avoid, read_avoid, remember_avoid
from configurator.wording import avoid_words

SAID = ("remembered", "removed", "forgotten")
SECONDS_A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that she asked us to leave out: remembered, or only said by the page that she comes from."""

    item: str
    name: str
    is_remembered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOutPage:
    """`back` is the address of the page that she comes from, `said` what has just been done; both may be empty."""

    form: LeaveOutForm
    asked: tuple[Asked, ...]
    back: str
    said: str
    days: int


def build_leave_out(mixers: Iterable[Mixer], *, remembered: tuple[str, ...], sent: QueryDict) -> LeaveOutPage:
    """The page over some recipes; while she searches, the boxes are as she ticked them, else as her list is."""
    mixers = list(mixers)
    back = _read_back(sent)
    asked = clean_avoid([*remembered, *avoided_in(back)])
    ticked = clean_avoid(sent.getlist("avoid")) if "find" in sent else asked
    names = avoid_words((mixer.spec for mixer in mixers), asked)
    said = sent.get("said", "")
    return LeaveOutPage(
        form=make_form(mixers, ticked, search=read_search(sent.get("find", ""))),
        asked=tuple(Asked(item, name, item in remembered) for item, name in zip(asked, names, strict=True)),
        back=back,
        said=said if said in SAID else "",
        days=settings.SESSION_COOKIE_AGE // SECONDS_A_DAY,
    )


def has_unsent_search(sent: QueryDict) -> bool:
    """Whether she typed something to search for and did not send it: she wants it left out, so it is searched first."""
    search = read_search(sent.get("find", ""))
    return bool(search) and search != sent.get("searched")


def count_asked(mixers: Iterable[Mixer], named: Iterable[str], *, before: Iterable[str], day: date) -> None:
    """Count each flag that she names and had not named before: how often, not by whom, and nothing that was typed."""
    known = {flag.slug for mixer in mixers for flag in mixer.spec.flags}
    for item in known.intersection(named).difference(before):
        tallying.tally.count(f"avoid:{item}", day=day)


def change_list(session: SessionBase, sent: QueryDict) -> str:
    """Remember the boxes that are ticked, or take back one thing or all; gives the address to go on to.

    The address of the page that she comes from says no longer what she took back here.
    """
    back = _read_back(sent)
    if item := sent.get("remove"):
        remember_avoid(session, [kept for kept in read_avoid(session) if kept != item])
        return _own_address(said="removed", back=without_avoided(back, [item]))
    if "forget" in sent:
        forget_avoid(session)
        return _own_address(said="forgotten", back=without_avoided(back))
    remember_avoid(session, sent.getlist("avoid"))
    if back and "straight" in sent:
        return back
    return _own_address(said="remembered", back=without_avoided(back))


def _read_back(sent: QueryDict) -> str:
    """The page that she comes from, if it is one of ours."""
    back = sent.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else ""


def _own_address(*, said: str, back: str) -> str:
    query = {"said": said, "next": back} if back else {"said": said}
    return f"{reverse('configurator:leave_out')}?{urlencode(query)}"
