"""A local Microsoft Graph and login authority over HTTPS, with invented tenants."""

from pipeline.sandbox.identity import Tenant
from pipeline.sandbox.serve import serve
from pipeline.sandbox.server import Sandbox

__all__ = ["Sandbox", "Tenant", "serve"]
