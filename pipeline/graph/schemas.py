"""The declared schema of every lake table: those of the feeds, and those of the lake itself."""

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from pipeline.graph.feeds import FEEDS
from pipeline.graph.table_spec import STAMPS, TIMESTAMP

TENANT_CONFIG = pa.schema(
    [
        *STAMPS,
        *(pa.field(name, pa.string()) for name in ("name", "segment", "cloud")),
        pa.field("shard", pa.int32()),
    ]
)
TENANT_CONFIG_TAGS = pa.schema(
    [*STAMPS, *(pa.field(name, pa.string()) for name in ("tag", "value"))]
)
CONTROL_REGISTER = pa.schema(
    [
        *STAMPS,
        *(pa.field(name, pa.string()) for name in ("control_id", "owner", "ticket", "reason")),
        pa.field("review_by", pa.date32()),
    ]
)
PRINCIPAL_REGISTER = pa.schema(
    [
        *STAMPS,
        *(
            pa.field(name, pa.string())
            for name in ("principal", "group_id", "declared_role", "owner", "reason")
        ),
        pa.field("review_by", pa.date32()),
    ]
)
TENANT_ACCESS = pa.schema(
    [
        *STAMPS,
        pa.field("user_principal_name", pa.string()),
        pa.field("has_all_tenants", pa.bool_()),
    ]
)
COLLECTION_LOG = pa.schema(
    [
        *STAMPS,
        pa.field("feed", pa.string()),
        pa.field("outcome", pa.string()),
        pa.field("http_status", pa.int32()),
        pa.field("error_code", pa.string()),
        pa.field("request_id", pa.string()),
        *(pa.field(name, pa.int32()) for name in ("requests", "retries", "pages")),
        *(pa.field(name, pa.int64()) for name in ("rows", "bytes")),
        *(pa.field(name, TIMESTAMP) for name in ("started_at", "finished_at")),
        *(pa.field(name, pa.string()) for name in ("unknown_fields", "note", "table_rows")),
    ]
)

# What every run writes of the configuration.
CONFIG_TABLES: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "tenant_config": TENANT_CONFIG,
        "tenant_config_tags": TENANT_CONFIG_TAGS,
        "control_register": CONTROL_REGISTER,
        "principal_register": PRINCIPAL_REGISTER,
        "tenant_access": TENANT_ACCESS,
    }
)
FEED_TABLES = tuple(
    dict.fromkeys(
        [
            *(request.table for feed in FEEDS.values() for request in feed.requests),
            *(table for feed in FEEDS.values() for table in feed.counts),
        ]
    )
)
SCHEMAS: Mapping[str, pa.Schema] = MappingProxyType(
    {one.name: one.schema for feed_table in FEED_TABLES for one in feed_table.walk()}
    | dict(CONFIG_TABLES)
    | {"collection_log": COLLECTION_LOG}
)
