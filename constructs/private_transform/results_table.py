"""A transform's outputs as tables, with what is asked of them most."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from private_transform.environment import Column, Results
from private_transform.handlers.contract import OUTCOMES
from private_transform.query import statements
from private_transform.query.formats import OutputFormat
from private_transform.query.tables import Tables

_DATE = Column(name="date", type="string")
_JOB = Column(name="job", type="string")
_JSON = "org.openx.data.jsonserde.JsonSerDe"

_DAYS = {
    "projection.enabled": "true",
    "projection.date.type": "date",
    "projection.date.format": "yyyy-MM-dd",
    # Runs may be for days of the past, and for some to come.
    "projection.date.range": "2020-01-01,NOW+1YEARS",
    "projection.date.interval": "1",
    "projection.date.interval.unit": "DAYS",
}
"""Days follow from a rule, so nobody has to add them (AWS: Set up partition
projection)."""

_OF_A_JOB = {"projection.job.type": "injected"}
"""Which jobs there are follows from none: a query names one (AWS: Supported types for
partition projection, injected type)."""


class ResultsTable(Construct):
    """The tables, the view and the saved queries of one transform.

    The tables say where objects lie, and hold none: they grant nothing to anybody.

    Args:
        account: The account of the catalogue.
        environment: The environment's name.
        tables: The names of database and tables.
        workgroup: Name of the workgroup.
        results: What the outputs hold.
        transform: The transform's name.
        output_path: URI of what the jobs write, ending in a slash.
        control_bucket: Name of the bucket that holds how runs ended.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        account: str,
        environment: str,
        tables: Tables,
        workgroup: str,
        results: Results,
        transform: str,
        output_path: str,
        control_bucket: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._account = account
        self._tables = tables
        form = OutputFormat.of(results)
        by_day = f"{output_path}date=${{date}}/"
        self._table(
            "Outputs",
            tables.outputs,
            f"Answers of {transform}, by day",
            location=output_path,
            template=by_day,
            columns=form.stored,
            serde=form.serde,
            serde_parameters=form.parameters,
        )
        self._table(
            "ByJob",
            tables.by_job,
            f"Answers of {transform}, for queries that name a day and a job",
            location=output_path,
            template=f"{by_day}job=${{job}}/",
            columns=form.stored,
            serde=form.serde,
            serde_parameters=form.parameters,
            is_by_job=True,
        )
        runs = f"s3://{control_bucket}/{OUTCOMES}{transform}/"
        self._table(
            "Runs",
            tables.runs,
            f"How the runs of {transform} ended, by day",
            location=runs,
            template=f"{runs}date=${{date}}/",
            columns=statements.OF_EACH_RUN,
            serde=_JSON,
        )
        self._view(
            "Current",
            tables.current,
            f"Of each day and input of {transform} the newest answers",
            columns=statements.current_columns(form),
            sql=statements.current(tables, form),
        )
        asked = {
            "LatestRun": ("latest run", statements.latest_run(tables)),
            "Failures": ("failures", statements.failures(tables)),
        }
        if form.label:
            counts = statements.counts_by_label(tables, form.label)
            asked["CountsByLabel"] = ("counts by label", counts)
        for query_id, (name, sql) in asked.items():
            athena.CfnNamedQuery(
                self,
                query_id,
                name=f"{environment} {transform}: {name}",
                database=tables.database,
                work_group=workgroup,
                query_string=sql,
            )

    def _table(
        self,
        construct_id: str,
        name: str,
        description: str,
        *,
        location: str,
        template: str,
        columns: Sequence[Column],
        serde: str,
        serde_parameters: Mapping[str, str] | None = None,
        is_by_job: bool = False,
    ) -> None:
        self._catalogued(
            construct_id,
            name=name,
            description=description,
            table_type="EXTERNAL_TABLE",
            parameters={
                "EXTERNAL": "TRUE",
                **_DAYS,
                **(_OF_A_JOB if is_by_job else {}),
                "storage.location.template": template,
            },
            partition_keys=_columns([_DATE, _JOB] if is_by_job else [_DATE]),
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=_columns(columns),
                location=location,
                input_format="org.apache.hadoop.mapred.TextInputFormat",
                output_format=(
                    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
                ),
                serde_info=glue.CfnTable.SerdeInfoProperty(
                    serialization_library=serde, parameters=serde_parameters
                ),
            ),
        )

    def _view(
        self,
        construct_id: str,
        name: str,
        description: str,
        *,
        columns: Sequence[Column],
        sql: str,
    ) -> None:
        """As Athena itself keeps a view that CREATE VIEW makes."""
        view = {
            "originalSql": sql,
            "catalog": "awsdatacatalog",
            "schema": self._tables.database,
            "columns": statements.engine_columns(columns),
        }
        encoded = base64.b64encode(json.dumps(view).encode()).decode()
        self._catalogued(
            construct_id,
            name=name,
            description=description,
            table_type="VIRTUAL_VIEW",
            parameters={"presto_view": "true", "comment": "Presto View"},
            partition_keys=[],
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=_columns(columns),
                location="",
                serde_info=glue.CfnTable.SerdeInfoProperty(),
            ),
            view_original_text=f"/* Presto View: {encoded} */",
            view_expanded_text="/* Presto View */",
        )

    def _catalogued(self, construct_id: str, **table: Any) -> None:
        glue.CfnTable(
            self,
            construct_id,
            catalog_id=self._account,
            database_name=self._tables.database,
            table_input=glue.CfnTable.TableInputProperty(**table),
        )


def _columns(columns: Sequence[Column]) -> list[glue.CfnTable.ColumnProperty]:
    return [
        glue.CfnTable.ColumnProperty(name=each.name, type=each.type) for each in columns
    ]
