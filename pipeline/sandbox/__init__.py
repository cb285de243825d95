"""A local Microsoft Graph and login authority over HTTPS, with invented tenants."""

from pipeline.sandbox.server.serve import serve
from pipeline.sandbox.server.server import Sandbox
from pipeline.sandbox.story.identity import Tenant

__all__ = ["Sandbox", "Tenant", "serve"]
