"""The problems of the fulfilment API, and the one place that says which error becomes which."""

from collections.abc import Sequence

from rest_framework import status

from configurator.problems import InvalidFieldsProblem, NotFoundProblem, Problem
from orders.jobs import WrongStateError
from orders.making import LeaseLostError, RetryInProductionError, WrongLotsError
from orders.models import Job, Shipment
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


class ParcelConflictProblem(Problem):
    status = status.HTTP_409_CONFLICT
    code = "external-id-taken"
    title = "This external id belongs to another parcel"

    def __init__(self, shipment: Shipment) -> None:
        detail = f"You reported another parcel as {shipment.external_id!r}: use an external id of its own for each."
        super().__init__(detail, shipment=str(shipment.public_id))


def as_problem(error: Exception) -> Exception:
    """What to answer an error of a use case with; other errors come back as they are."""
    problem: Exception = error
    match error:
        case LeaseLostError():
            problem = _lease_lost(error.job)
        case RetryInProductionError():
            detail = (
                "Production has begun, so the job cannot go back to ready: complete it, or fail it with retryable "
                "false, and staff decide whether it is made again."
            )
            problem = WrongStateProblem(detail, job=error.job, actions=BY_HOLDER[Job.State.IN_PRODUCTION])
        case WrongStateError():
            problem = _wrong_state(error.job)
        case WrongLotsError():
            problem = InvalidFieldsProblem(error.errors)
        case ParcelJobsError():
            problem = InvalidFieldsProblem([(error.field, str(error))])
        case ParcelConflictError():
            problem = ParcelConflictProblem(error.shipment)
        case Job.DoesNotExist():
            problem = NotFoundProblem("There is no such job.")
    return problem


def _lease_lost(job: Job) -> JobProblem:
    actions = () if job.on_hold else BY_ANYONE.get(Job.State(job.state), ())
    detail = "The lease token is not the job's current one, or its lease has run out: stop working on it."
    return LeaseLostProblem(detail, job=job, actions=actions)


def _wrong_state(job: Job) -> JobProblem:
    state = Job.State(job.state)
    actions = () if job.on_hold and state == Job.State.READY else {**BY_HOLDER, **BY_ANYONE}.get(state, ())
    way_on = (
        f"what can be done with it now: {', '.join(actions)}"
        if actions
        else "there is nothing for you to do with it"
    )
    return WrongStateProblem(f"The job is {state}; {way_on}.", job=job, actions=actions)
