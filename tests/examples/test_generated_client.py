"""A client that a machine writes from the description of the API: it claims a job and reads it as it is typed."""

import importlib
import json
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from tests.orders.fulfilment.api import read_description
from tests.orders.make import make_client, make_job

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("catalogue", "one_transaction"),
]

COMMAND = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]


def generate(folder: Path) -> str:
    """The name of the package that is written into `folder`."""
    description, settings = folder / "openapi.json", folder / "settings.json"
    description.write_text(json.dumps(read_description()))
    settings.write_text(json.dumps({"post_hooks": []}))
    files = [
        "--path",
        str(description),
        "--config",
        str(settings),
        "--output-path",
        str(folder / "concoct_api"),
    ]
    done = subprocess.run([*COMMAND, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr
    return "concoct_api"


def test_a_generated_client_claims_a_job_and_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(label_name="Ada")
    monkeypatch.syspath_prepend(tmp_path)
    package = generate(tmp_path)
    models = importlib.import_module(f"{package}.models")
    claim_jobs = importlib.import_module(f"{package}.api.fulfilment.claim_jobs")
    read_job = importlib.import_module(f"{package}.api.fulfilment.read_job")
    client = importlib.import_module(package).AuthenticatedClient(
        base_url="http://testserver", token=make_client().text
    )
    transport = httpx.WSGITransport(app=get_wsgi_application())
    client.set_httpx_client(
        httpx.Client(
            base_url="http://testserver",
            transport=transport,
            headers={"Authorization": f"Bearer {client.token}"},
        )
    )

    claim = models.Claim(worker="generated", max_jobs=1, lease_seconds=600)
    answer = claim_jobs.sync(client=client, body=claim, idempotency_key=str(uuid.uuid4()))
    read = read_job.sync(job.public_id, client=client)

    [claimed] = answer.jobs
    assert (claimed.id, claimed.state.value, claimed.snapshot.label_name) == (job.public_id, "claimed", "Ada")
    assert (read.id, read.state.value, read.lease.worker) == (job.public_id, "claimed", "generated")
    for name in list(sys.modules):
        if name == package or name.startswith(f"{package}."):
            monkeypatch.delitem(sys.modules, name)
