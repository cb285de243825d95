"""The Power BI project: a semantic model (TMDL) and a report (PBIR), generated as text."""

from pipeline.powerbi.project import write_client_project, write_provider_project

__all__ = ["write_client_project", "write_provider_project"]
