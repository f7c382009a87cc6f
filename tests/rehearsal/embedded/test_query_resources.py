"""Which resource's right a call of Athena or of the Data Catalog needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT

ATHENA = f"arn:aws:athena:us-east-1:{ACCOUNT}"
GLUE = f"arn:aws:glue:us-east-1:{ACCOUNT}"


@dataclass(frozen=True)
class Catalog:
    """A database with a table, and a workgroup with a query and an execution."""

    name: str
    query_id: str
    execution_id: str


@pytest.fixture(scope="module")
def catalog(client: Callable[..., Any], new_bucket: Callable[..., str]) -> Catalog:
    athena, glue, name = client("athena"), client("glue"), f"n{uuid4().hex[:8]}"
    glue.create_database(DatabaseInput={"Name": name})
    glue.create_table(DatabaseName=name, TableInput={"Name": "t"})
    outputs = {"ResultConfiguration": {"OutputLocation": f"s3://{new_bucket()}/"}}
    athena.create_work_group(Name=name, Configuration=outputs)
    query = athena.create_named_query(
        Name="q", Database=name, QueryString="SELECT 1", WorkGroup=name
    )
    execution = athena.start_query_execution(QueryString="SELECT 1", WorkGroup=name)
    return Catalog(name, query["NamedQueryId"], execution["QueryExecutionId"])


Call = Callable[[Any, Catalog], Any]

ATHENA_CALLS: dict[str, tuple[str, Call]] = {
    "execution": (
        "workgroup/NAME",
        lambda api, it: api.get_query_execution(QueryExecutionId=it.execution_id),
    ),
    "executions": (
        "workgroup/NAME",
        lambda api, it: api.batch_get_query_execution(
            QueryExecutionIds=[it.execution_id]
        ),
    ),
    "unknown execution among others": (
        "workgroup/*",
        lambda api, it: api.batch_get_query_execution(
            QueryExecutionIds=[it.execution_id, "x"]
        ),
    ),
    "stop": (
        "workgroup/NAME",
        lambda api, it: api.stop_query_execution(QueryExecutionId=it.execution_id),
    ),
    "saved query": (
        "workgroup/NAME",
        lambda api, it: api.get_named_query(NamedQueryId=it.query_id),
    ),
    "saved queries": (
        "workgroup/NAME",
        lambda api, it: api.batch_get_named_query(NamedQueryIds=[it.query_id]),
    ),
    "workgroup": (
        "workgroup/NAME",
        lambda api, it: api.get_work_group(WorkGroup=it.name),
    ),
    "new workgroup": (
        "workgroup/new-NAME",
        lambda api, it: api.create_work_group(Name=f"new-{it.name}"),
    ),
    "list": (
        "workgroup/NAME",
        lambda api, it: api.list_query_executions(WorkGroup=it.name),
    ),
    "list without a name": (
        "workgroup/primary",
        lambda api, it: api.list_named_queries(),
    ),
    "table": (
        "datacatalog/AwsDataCatalog",
        lambda api, it: api.get_table_metadata(
            CatalogName="AwsDataCatalog", DatabaseName=it.name, TableName="t"
        ),
    ),
    "catalog": (
        "datacatalog/AwsDataCatalog",
        lambda api, it: api.get_data_catalog(Name="AwsDataCatalog"),
    ),
}


@pytest.mark.parametrize("call", ATHENA_CALLS)
def test_a_call_of_athena_needs_a_right_on_its_resource(
    client: Callable[..., Any],
    new_role: Callable[..., str],
    catalog: Catalog,
    call: str,
) -> None:
    resource, act = ATHENA_CALLS[call]
    arn = f"{ATHENA}:{resource.replace('NAME', catalog.name)}"
    others = {"Effect": "Allow", "Action": "athena:*", "NotResource": arn}

    with pytest.raises(ClientError, match="AccessDeniedException"):
        act(client("athena", role=new_role(others)), catalog)
    act(client("athena", role=new_role({**others, "NotResource": "x"})), catalog)


def test_a_right_on_one_workgroup_is_none_on_what_is_in_no_known_one(
    client: Callable[..., Any], new_role: Callable[..., str], catalog: Catalog
) -> None:
    own = f"{ATHENA}:workgroup/{catalog.name}"
    athena = client(
        "athena",
        role=new_role({"Effect": "Allow", "Action": "athena:*", "Resource": own}),
    )
    for ids in (["x"], ["x", catalog.execution_id], [catalog.execution_id, "x"]):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            athena.batch_get_query_execution(QueryExecutionIds=ids)


GLUE_CALLS: dict[str, tuple[list[str], Call]] = {
    "databases": (["catalog"], lambda api, it: api.get_databases()),
    "database": (
        ["catalog", "database/NAME"],
        lambda api, it: api.get_database(Name=it.name),
    ),
    "table": (
        ["catalog", "database/NAME", "table/NAME/t"],
        lambda api, it: api.get_table(DatabaseName=it.name, Name="t"),
    ),
    "tables": (
        ["catalog", "database/NAME", "table/NAME/*"],
        lambda api, it: api.get_tables(DatabaseName=it.name),
    ),
    "partitions": (
        ["catalog", "database/NAME", "table/NAME/t"],
        lambda api, it: api.get_partitions(DatabaseName=it.name, TableName="t"),
    ),
    "update": (
        ["catalog", "database/NAME", "table/NAME/t"],
        lambda api, it: api.update_table(
            DatabaseName=it.name, TableInput={"Name": "t"}
        ),
    ),
}


@pytest.mark.parametrize("call", GLUE_CALLS)
def test_a_call_of_the_catalog_needs_a_right_on_all_that_it_is_in(
    client: Callable[..., Any],
    new_role: Callable[..., str],
    catalog: Catalog,
    call: str,
) -> None:
    resources, act = GLUE_CALLS[call]
    arns = [f"{GLUE}:{each.replace('NAME', catalog.name)}" for each in resources]
    enough = {"Effect": "Allow", "Action": "glue:*", "Resource": arns}

    act(client("glue", role=new_role(enough)), catalog)
    for missing in arns:
        rest = [{**enough, "Resource": arn} for arn in arns if arn != missing]
        api = client("glue", role=new_role(*rest))
        with pytest.raises(ClientError, match="AccessDeniedException") as refused:
            act(api, catalog)
        assert f"on resource: {missing} " in str(refused.value)


def test_jobs_are_none_of_the_data_catalog(
    client: Callable[..., Any], new_role: Callable[..., str]
) -> None:
    job = {"Effect": "Allow", "Action": "glue:*", "Resource": f"{GLUE}:job/x"}
    glue = client("glue", role=new_role(job))
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        glue.get_job(JobName="x")
