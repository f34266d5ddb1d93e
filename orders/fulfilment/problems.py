"""The problems of the fulfilment API, and the one place that says which error becomes which."""

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework import status

from configurator.problems import BusyProblem, InvalidFieldsProblem, NotFoundProblem, Problem
from orders.fulfilment.waiting import NoPlaceError
from orders.holds import NothingToHoldError, OnHoldError
from orders.idempotency import KeyInFlightError, KeyReusedError
from orders.jobs import WrongStateError
from orders.leases import LeaseLostError
from orders.making import (
    CancellationRequestedError,
    NothingToDecideError,
    RetryInProductionError,
    WrongLotsError,
)
from orders.models import Hold, Job, Shipment
from orders.shipping import ParcelConflictError, ParcelJobsError

BY_HOLDER = {
    Job.State.CLAIMED: ("start", "release", "fail"),
    Job.State.IN_PRODUCTION: ("complete", "fail"),
}
BY_ANYONE = {
    Job.State.READY: ("claim",),
    Job.State.PRODUCED: ("ship",),
}


class KeyProblem(Problem):
    status = status.HTTP_401_UNAUTHORIZED
    code = "key-refused"
    title = "The key is missing or not valid"

    def __init__(self, detail: str, *, error: str = "") -> None:
        super().__init__(detail)
        self.headers["WWW-Authenticate"] = f'Bearer error="{error}"' if error else "Bearer"


class ScopeProblem(Problem):
    status = status.HTTP_403_FORBIDDEN
    code = "scope-missing"
    title = "The key lacks a scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs a key with the scope {scope}.", required_scope=scope)


class JobProblem(Problem):
    """A job that cannot go on like this: says in which state it is and what this client can do with it now."""

    status = status.HTTP_409_CONFLICT

    def __init__(self, detail: str, *, job: Job, actions: Sequence[str]) -> None:
        super().__init__(
            detail, job=str(job.public_id), current_state=job.state, allowed_actions=list(actions)
        )


class LeaseLostProblem(JobProblem):
    code = "lease-lost"
    title = "The job is not under this lease"


class WrongStateProblem(JobProblem):
    code = "wrong-state"
    title = "The job is in another state"


class OnHoldProblem(JobProblem):
    code = "on-hold"
    title = "The job is on hold"


class CancellationProblem(JobProblem):
    code = "cancellation-requested"
    title = "The shop asks to cancel the job"


class NothingToDecideProblem(JobProblem):
    code = "no-cancellation"
    title = "Nobody asks to cancel the job"


class IdempotencyKeyProblem(Problem):
    status = status.HTTP_400_BAD_REQUEST
    code = "idempotency-key-missing"
    title = "The idempotency key is missing or not valid"

    def __init__(self) -> None:
        super().__init__(
            "Send a header Idempotency-Key with 1 to 255 printable ASCII characters: a new one, such as a UUID, for "
            "each thing you want done, and the same one again when you repeat a request whose answer was lost."
        )


class KeyReusedProblem(Problem):
    status = status.HTTP_422_UNPROCESSABLE_ENTITY
    code = "key-reused"
    title = "The idempotency key belongs to another request"

    def __init__(self) -> None:
        super().__init__(
            "You sent this Idempotency-Key before, with another method, path or body. Nothing was done: take a new key."
        )


class KeyInFlightProblem(Problem):
    status = status.HTTP_409_CONFLICT
    code = "key-in-flight"
    title = "A request with this idempotency key is being answered"

    def __init__(self) -> None:
        super().__init__(
            "The same request is being answered right now: send it again in a second for its answer."
        )
        self.headers["Retry-After"] = "1"


class VersionStaleProblem(Problem):
    status = status.HTTP_412_PRECONDITION_FAILED
    code = "version-stale"
    title = "The job has changed"

    def __init__(self) -> None:
        super().__init__(
            "The job is not as it was under the ETag in If-Match: read it again, and then decide."
        )


class VersionMissingProblem(Problem):
    status = status.HTTP_428_PRECONDITION_REQUIRED
    code = "version-missing"
    title = "Say which version of the job you have read"

    def __init__(self) -> None:
        super().__init__("Read the job, and send the ETag of that answer in a header If-Match.")


class ParcelConflictProblem(Problem):
    status = status.HTTP_409_CONFLICT
    code = "external-id-taken"
    title = "This external id belongs to another parcel"

    def __init__(self, shipment: Shipment) -> None:
        detail = f"You reported another parcel as {shipment.external_id!r}: use an external id of its own for each."
        super().__init__(detail, shipment=str(shipment.public_id))


def as_problem(error: Exception) -> Exception:
    """What to answer an error of a use case with; other errors come back as they are."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind](error)
    return error


def actions_on(job: Job) -> tuple[str, ...]:
    """What a client can do with a job as it is; for a claimed or begun one: what the holder of its lease can do."""
    state = Job.State(job.state)
    if job.lapsed:
        return ("reclaim",)
    if state in BY_HOLDER:
        asked = job.cancellation == Job.Cancellation.REQUESTED
        kept = asked or job.on_hold
        actions = tuple(action for action in BY_HOLDER[state] if action != "start" or not kept)
        return ("cancellation", *actions) if asked else actions
    return () if job.on_hold or job.cancellation == Job.Cancellation.REQUESTED else BY_ANYONE.get(state, ())


def _lease_lost(job: Job) -> JobProblem:
    """Of a job that is under somebody else's lease nothing is said but that."""
    actions = () if job.state in Job.LEASED and not job.lapsed else actions_on(job)
    detail = "The lease token is not the job's current one, or its lease has run out: stop working on it."
    return LeaseLostProblem(detail, job=job, actions=actions)


def _not_now(error: WrongStateError | NothingToHoldError | OnHoldError) -> JobProblem:
    job, actions = error.job, actions_on(error.job)
    way_on = (
        f"what can be done with it now: {', '.join(actions)}"
        if actions
        else "there is nothing for you to do with it"
    )
    if isinstance(error, OnHoldError):
        return OnHoldProblem(
            f"The job is on hold; {way_on} until its holds are released.", job=job, actions=actions
        )
    if isinstance(error, RetryInProductionError):
        detail = (
            "Production has begun, so the job cannot go back to ready: complete it, or fail it with retryable "
            "false, and staff decide whether it is made again."
        )
        return WrongStateProblem(detail, job=job, actions=actions)
    return WrongStateProblem(f"The job is {job.state}; {way_on}.", job=job, actions=actions)


def _asked(error: CancellationRequestedError) -> JobProblem:
    detail = "The shop asks to cancel this job: accept or reject that first, at /jobs/{id}/cancellation."
    return CancellationProblem(detail, job=error.job, actions=actions_on(error.job))


def _not_asked(error: NothingToDecideError) -> JobProblem:
    detail = "There is no open request to cancel this job (any more)."
    return NothingToDecideProblem(detail, job=error.job, actions=actions_on(error.job))


ANSWERS: dict[type, Callable[[Any], Problem]] = {
    LeaseLostError: lambda error: _lease_lost(error.job),
    WrongStateError: _not_now,
    NothingToHoldError: _not_now,
    OnHoldError: _not_now,
    CancellationRequestedError: _asked,
    NothingToDecideError: _not_asked,
    WrongLotsError: lambda error: InvalidFieldsProblem(error.errors),
    ParcelJobsError: lambda error: InvalidFieldsProblem([(error.field, str(error))]),
    ParcelConflictError: lambda error: ParcelConflictProblem(error.shipment),
    KeyReusedError: lambda _error: KeyReusedProblem(),
    KeyInFlightError: lambda _error: KeyInFlightProblem(),
    NoPlaceError: lambda _error: BusyProblem("As many calls wait already as can; nothing was done."),
    Job.DoesNotExist: lambda _error: NotFoundProblem("There is no such job."),
    Hold.DoesNotExist: lambda _error: NotFoundProblem("This job has no such hold."),
}
