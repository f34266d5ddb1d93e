"""One click back to the state that the mixer had before."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from configurator.mix_address import MixState, read_state
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Size, Slot
from configurator.wording import component_name

MIXER_PAGES = ("configurator:mixer", "configurator:mix")


@dataclass(frozen=True, slots=True)
class Undo:
    text: str
    address: str


def read_before(mixer: Mixer, address: str) -> MixState | None:
    """The state that an address of this shop (path and query) spells; None if it is no mixer of this recipe."""
    try:
        parts = urlsplit(address)
        match = resolve(parts.path)
        query = QueryDict(parts.query)
    except (ValueError, Resolver404):  # the browser says what it likes
        return None
    if match.view_name not in MIXER_PAGES or match.kwargs["recipe"] != mixer.spec.slug:
        return None
    return read_state(mixer, choices=match.kwargs.get("choices", ""), query=query)


def changed_slots(mixer: Mixer, before: MixState | None, after: MixState) -> tuple[Slot, ...]:
    """The slots that hold something else now; none if it is not known what was before."""
    if before is None:
        return ()
    return tuple(slot for slot in mixer.spec.slots if before.mix.get(slot.slug) != after.mix.get(slot.slug))


def offer_undo(mixer: Mixer, before: MixState | None, after: MixState) -> Undo | None:
    """The way back from one state to another, if mix, size or name differ; it keeps to her list and basket line."""
    if before is None:
        return None
    said = [_slot_text(mixer, slot, before) for slot in changed_slots(mixer, before, after)]
    if before.size != after.size:
        said.append(_("Undo: size back to %(size)s") % {"size": size_name(before.size)})
    if before.label_name != after.label_name:
        said.append(_label_text(before.label_name))
    if not said:
        return None
    back = replace(before, avoid=after.avoid, line=after.line)
    return Undo(said[0] if len(said) == 1 else _("Undo the last change"), back.address(mixer))


def size_name(size: Size) -> str:
    """A size as people say it: its volume, or its short name for goods without one."""
    return _("%(volume)s ml") % {"volume": size.volume_ml} if size.volume_ml else size.slug


def _slot_text(mixer: Mixer, slot: Slot, before: MixState) -> str:
    if slot.slug not in before.mix:
        return _("Undo: %(slot)s open again") % {"slot": slot.name}
    old = component_name(mixer.spec, before.mix[slot.slug])
    return _("Undo: %(slot)s back to %(old)s") % {"slot": slot.name, "old": old}


def _label_text(name: str) -> str:
    if not name:
        return _("Undo: no name on the label")
    return _("Undo: name on the label back to “%(name)s”") % {"name": name}
