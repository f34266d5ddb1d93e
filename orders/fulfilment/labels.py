"""The operation of the fulfilment API that gives the label of a job out, as a drawing or to print."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request

from configurator.problems import MEDIA_TYPE, InvalidFieldsProblem
from configurator.strict_fields import StrictChoice, StrictSerializer, StrictText
from orders.fulfilment.base import FulfilmentView, read_query
from orders.fulfilment.description import PROBLEMS
from orders.fulfilment.negotiation import AsItIs
from orders.fulfilment.problems import JobProblem
from orders.fulfilment.shapes import ProblemSerializer
from orders.labels.answering import answer_label
from orders.labels.content import BatchKnownError, NoRecipeYetError
from orders.models import FulfilmentKey
from orders.visibility import visible_jobs

SVG, HTML = "svg", "html"


class LabelQuerySerializer(StrictSerializer):
    format = StrictChoice(
        choices=[SVG, HTML],
        default=SVG,
        help_text="html: a page to print, with one label for each piece of the job.",
    )
    batch = StrictText(
        max_length=40,
        default="",
        help_text="The batch that it is being made as, until the job has one; without it there is a line to write on.",
    )


class NoLabelYetProblem(JobProblem):
    status = status.HTTP_409_CONFLICT
    code = "no-recipe-yet"
    title = "The job has no frozen recipe yet"


class LabelView(FulfilmentView):
    scopes = {"GET": FulfilmentKey.Scope.READ}
    content_negotiation_class = AsItIs  # a label is what `format` says

    @extend_schema(
        summary="Draw the label of a job",
        operation_id="read_job_label",
        tags=["fulfilment"],
        parameters=[LabelQuerySerializer],
        responses={
            (200, "image/svg+xml"): OpenApiTypes.STR,
            (200, "text/html"): OpenApiTypes.STR,
            **{
                (code, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=PROBLEMS[code])
                for code in (401, 403, 404, 409, 422, 429)
            },
        },
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        """In real size: what the frozen recipe says, with the batch, and a code that leads to ordering it again.

        A list of ingredients that is too long for the label goes on below a fold.
        """
        query = read_query(request, LabelQuerySerializer)
        jobs = visible_jobs(self.client).select_related("order", "line__version")
        job = jobs.defer("line__version__spec", "line__version__space").get(public_id=job_id)
        try:
            return answer_label(request._request, job, batch=query["batch"], as_page=query["format"] == HTML)
        except NoRecipeYetError as error:
            detail = "A label is drawn from the frozen recipe, and the job has none before it is ready: ask again then."
            raise NoLabelYetProblem(detail, job=error.job, actions=()) from error
        except BatchKnownError as error:
            message = f"The job was made as batch {error.batch}: leave the batch out, it is on the label."
            raise InvalidFieldsProblem([("batch", message)]) from error
