"""`az batch job-schedule` and `az batch application summary` against a local account."""

import pytest
from azure.batch import BatchClient

from .az import Az, AzError
from .work import until, until_gone

pytestmark = pytest.mark.clients

THIS = ("--job-schedule-id", "az-schedule")


def test_a_schedule_from_creation_to_deletion(az: Az, batch: BatchClient, pool: str) -> None:
    body = {
        "id": "az-schedule",
        "schedule": {"recurrenceInterval": "PT1H"},
        "jobSpecification": {"poolInfo": {"poolId": pool}},
    }
    az("job-schedule", "create", "--json-file", az.write("schedule.json", body))
    shown = az("job-schedule", "show", *THIS)
    assert (shown["state"], shown["schedule"]["recurrenceInterval"]) == ("active", "PT1H")
    picked = ("--filter", "state eq 'active'", "--select", "id")
    assert az("job-schedule", "list", *picked) == [{"id": "az-schedule"}]
    until(
        lambda: [job.id for job in batch.list_jobs_from_schedule("az-schedule")],
        lambda jobs: jobs == ["az-schedule:job-1"],
    )
    assert [job["id"] for job in az("job", "list", *THIS)] == ["az-schedule:job-1"]

    az("job-schedule", "set", *THIS, "--recurrence-interval", "PT2H")
    assert az("job-schedule", "show", *THIS)["schedule"]["recurrenceInterval"] == "PT2H"
    az("job-schedule", "disable", *THIS)
    assert az("job-schedule", "show", *THIS)["state"] == "disabled"
    az("job-schedule", "enable", *THIS)
    az("job-schedule", "reset", *THIS, "--pool-id", pool, "--recurrence-interval", "PT3H")
    assert az("job-schedule", "show", *THIS)["schedule"]["recurrenceInterval"] == "PT3H"

    az("job-schedule", "stop", *THIS)
    until(lambda: batch.get_job_schedule(THIS[1]).state, lambda state: state == "completed")
    az("job-schedule", "delete", *THIS, "--yes")
    until_gone(lambda: batch.get_job_schedule(THIS[1]))


def test_a_schedule_that_is_not_there(az: Az) -> None:
    assert az("job-schedule", "list", "--filter", "id eq 'nowhere'") == []
    with pytest.raises(AzError) as missing:
        az("job-schedule", "show", "--job-schedule-id", "nowhere")
    assert (missing.value.code, missing.value.exit_code) == ("JobScheduleNotFound", 3)


def test_an_account_without_applications(az: Az) -> None:
    assert az("application", "summary", "list") == []
    with pytest.raises(AzError) as missing:
        az("application", "summary", "show", "--application-id", "nowhere")
    assert missing.value.code == "ApplicationNotFound"
