"""What the notebooks share: charts that need no network, names that cannot turn one around."""

from typing import TYPE_CHECKING, Any

from pipeline.text import printable

if TYPE_CHECKING:
    from pandas import DataFrame, Series


def charts_as_data() -> None:
    """Have Altair hand its charts over as data, which the notebook's own viewer draws.

    Its usual renderer fetches scripts. Both versions are given, since viewers know one or both.
    """
    import altair

    def as_data(chart: dict[str, Any], **_: object) -> dict[str, Any]:
        return {f"application/vnd.vegalite.v{version}+json": chart for version in (5, 6)}

    altair.renderers.register("as_data", as_data)
    altair.renderers.enable("as_data")


def tenants_told_apart(frame: "DataFrame") -> "Series[str]":
    """A label a row from `tenant_name` and the start of `tenant_id`: two may share a name."""
    return frame["tenant_name"].map(printable) + " (" + frame["tenant_id"].str[:8] + ")"
