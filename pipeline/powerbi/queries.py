"""The Power Query (M) texts: one source, one manifest, one reader, and a short query a table."""

from collections.abc import Sequence

from pipeline.powerbi.definition import Table, parts

_TYPES = {
    "varchar": "text",
    "double": "number",
    "bigint": "Int64.Type",
    "integer": "Int64.Type",
    "boolean": "logical",
    "date": "date",
    "timestamp": "datetime",
}
FILES = """\
let
    Source = {source},
    Located = Table.AddColumn(Source, "Path",
        each Text.Replace([Folder Path], "\\", "/") & [Name], type text),
    Kept = Table.SelectColumns(Located, {{"Path", "Content"}})
in
    Kept"""
MANIFEST = """\
let
    Name = "manifest.json",
    Found = Table.SelectRows(PublishedFiles, each Text.EndsWith([Path], "/" & Name)),
    Measured = Table.AddColumn(Found, "Length", each Text.Length([Path]), Int64.Type),
    Sorted = Table.Sort(Measured, {{"Length", Order.Ascending}}),
    First = if Table.IsEmpty(Sorted)
        then error Error.Record("Posture.NothingPublished",
            "No manifest.json below the folder: choose the folder named published")
        else Sorted{0},
    Root = Text.Start(First[Path], First[Length] - Text.Length(Name)),
    Document = Json.Document(First[Content])
in
    [Root = Root, Document = Document]"""
READ_MODEL = """\
(model as text, row_type as type, optional from as datetime, optional to as datetime) as table =>
let
    Nothing = [files = {}],
    Entry = Record.FieldOrDefault(Manifest[Document][models], model, Nothing),
    IsWanted = (file as record) as logical =>
        let
            Month = Record.FieldOrDefault(file, "month", null),
            Start = if Month = null then null
                else Date.FromText(Month & "-01", [Format = "yyyy-MM-dd"])
        in
            Start = null or from = null or to = null or
                (DateTime.From(Start) < to and DateTime.From(Date.AddMonths(Start, 1)) > from),
    Root = Manifest[Root],
    Wanted = List.Transform(List.Select(Entry[files], IsWanted), each Root & [path]),
    Files = Table.SelectRows(PublishedFiles, each List.Contains(Wanted, [Path])),
    Complete = if Table.RowCount(Files) = List.Count(Wanted) then Files
        else error Error.Record("Posture.FileMissing",
            "A file that the manifest names is not there: refresh again", model),
    Names = Record.FieldNames(Type.RecordFields(Type.TableRow(row_type))),
    Read = List.Transform(Complete[Content],
        each Table.SelectColumns(Parquet.Document(_), Names, MissingField.UseNull)),
    All = Table.Combine({#table(row_type, {})} & Read),
    Typed = Value.ReplaceType(All, row_type),
    Snapshot = Manifest[Document][snapshot],
    Marked = Table.AddColumn(Typed, "snapshot_id", each Snapshot, type text)
in
    Marked"""
_SCOPES = """\
let
    Rows = ReadModel("mart_score_movement", type table [scope = text]),
    Entra = #table(type table [scope = text, snapshot_id = text],
        {{"entra_identity_secure_score", Manifest[Document][snapshot]}}),
    Folded = Table.AddColumn(Table.Combine({Rows, Entra}), "folded",
        each Text.Lower([scope]), type text),
    Distinct = Table.RemoveColumns(Table.Distinct(Folded, {"folded"}), {"folded"}),
    Kinds = Table.AddColumn(Distinct, "scope_kind",
        each Text.BeforeDelimiter([scope], ":"), type text)
in
    Kinds"""
_CONTROLS = """\
let
    Rows = ReadModel("dim_control", type table [control_id = text, title = text,
        control_category = text, service = text, is_current = logical]),
    Current = Table.RemoveColumns(Table.SelectRows(Rows, each [is_current]), {"is_current"}),
    None = #table(Value.Type(Current),
        {{"(none)", "(no single control)", null, null, Manifest[Document][snapshot]},
        {"security_defaults", "Turn on security defaults", "Identity", "AzureAD",
            Manifest[Document][snapshot]}}),
    Folded = Table.AddColumn(Table.Combine({Current, None}), "folded",
        each Text.Lower([control_id]), type text),
    Distinct = Table.RemoveColumns(Table.Distinct(Folded, {"folded"}), {"folded"})
in
    Distinct"""
_REFRESH = """\
let
    Document = Manifest[Document],
    Models = Record.FieldValues(Document[models]),
    Row = {Document[snapshot], Date.From(Document[as_of], "en-US"),
        DateTimeZone.RemoveZone(DateTimeZone.FromText(Document[published_at], "en-US")),
        List.Sum({0} & List.Transform(Models, each [rows]))},
    Rows = #table(type table [snapshot_id = text, as_of = date, published_at = datetime,
        row_count = Int64.Type], {Row})
in
    Rows"""


def folder_source() -> str:
    """The one data source of the model: a folder on a disk or share."""
    return FILES.format(source="Folder.Files(DataFolder)")


def storage_source() -> str:
    """The same in Azure Data Lake Storage, which needs no gateway."""
    return FILES.format(source="AzureStorage.DataLake(StorageUrl)")


def parameter(value: str, kind: str = "Text") -> str:
    """An M parameter; `value` is M."""
    return f'{value} meta [IsParameterQuery=true, Type="{kind}", IsParameterQueryRequired=true]'


def text(value: str) -> str:
    """A text as an M literal, whatever it holds."""
    escaped = "".join(
        f"#({ord(one):04X})" if one < " " or one == "\x7f" else one for one in _doubled(value)
    )
    return f'"{escaped}"'


def _doubled(value: str) -> str:
    return value.replace("#(", "#(#)(").replace('"', '""')


def query(table: Table) -> str:
    """The query that fills a table."""
    own = {"scopes": _SCOPES, "controls": _CONTROLS, "refresh": _REFRESH, "parts": _parts()}
    if table.query is not None:
        return own[table.query]
    stored = [column for column in table.columns if not column.is_computed]
    fields = _wrapped([f"{column.source} = {_TYPES[column.data_type]}" for column in stored])
    if table.range_column is None:
        return f'let\n    Rows = ReadModel("{table.model}", type table [\n{fields}])\nin\n    Rows'
    day = f"DateTime.From([{table.range_column}])"
    return (
        f'let\n    Months = ReadModel("{table.model}", type table [\n{fields}],\n'
        "        RangeStart, RangeEnd),\n"
        f"    Rows = Table.SelectRows(Months, each {day} >= RangeStart and {day} < RangeEnd)\n"
        "in\n    Rows"
    )


def _parts() -> str:
    rows = ",\n".join(f"    {{{text(part.name)}, {at}}}" for at, part in enumerate(parts(), 1))
    return f"#table(type table [part = text, part_order = Int64.Type], {{\n{rows}}})"


def _wrapped(fields: Sequence[str], width: int = 88) -> str:
    lines: list[str] = []
    for field in fields:
        if lines and len(lines[-1]) + len(field) + 2 <= width:
            lines[-1] += f", {field}"
        else:
            lines.append(f"        {field}")
    return ",\n".join(lines)
