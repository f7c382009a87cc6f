"""Tables and views, as the Data Catalog is told them."""

import base64
import json
from typing import Any

PROJECTION = {
    "projection.enabled": "true",
    "projection.date.type": "date",
    "projection.date.format": "yyyy-MM-dd",
    "projection.date.range": "2020-01-01,NOW+1YEARS",
    "projection.date.interval": "1",
    "projection.date.interval.unit": "DAYS",
}
JSON_SERDE = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
DATE = {"Name": "date", "Type": "string"}
JOB = {"Name": "job", "Type": "string"}


def columns(**types: str) -> list[dict[str, str]]:
    return [{"Name": name, "Type": each} for name, each in types.items()]


def faces_table(bucket: str, **changes: Any) -> dict[str, Any]:
    return {
        "Name": "faces",
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [DATE],
        "Parameters": {
            **PROJECTION,
            "storage.location.template": f"s3://{bucket}/faces/date=${{date}}/",
        },
        "StorageDescriptor": {
            "Location": f"s3://{bucket}/faces/",
            "Columns": columns(label="string", score="double"),
            "SerdeInfo": JSON_SERDE,
        },
        **changes,
    }


def view_table(name: str, sql: str, database: str, /, **types: str) -> dict[str, Any]:
    """A view as Athena keeps it; the types are Trino's."""
    content = {
        "originalSql": sql,
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [{"name": key, "type": each} for key, each in types.items()],
    }
    encoded = base64.b64encode(json.dumps(content).encode()).decode()
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true"},
        "ViewOriginalText": f"/* Presto View: {encoded} */",
    }


def plain_table(
    name: str, bucket: str, described: list[dict[str, str]], serde: dict[str, Any]
) -> dict[str, Any]:
    """A table without partitions."""
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Location": f"s3://{bucket}/{name}/",
            "Columns": described,
            "SerdeInfo": serde,
        },
    }
