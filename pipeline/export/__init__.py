"""A client's own copy: everything of one tenant that is published, and no trace of any other."""

from pipeline.export.copy import Copy, export_tenant

__all__ = ["Copy", "export_tenant"]
