"""The HTML report that leaders read: one file, made from what is published."""

from pipeline.report.render import render_report
from pipeline.report.write import Written, write_report

__all__ = ["Written", "render_report", "write_report"]
