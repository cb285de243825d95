"""msgraph-sdk's request adapter on a client of ours, with a tenant's own tokens."""

from urllib.parse import urlsplit

import httpx
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.middleware.options import ResponseHandlerOption
from msgraph.graph_request_adapter import GraphRequestAdapter

from pipeline.config.cloud import Cloud
from pipeline.graph.sign_in import TenantTokens


def adapter_of(cloud: Cloud, tokens: TenantTokens, http: httpx.AsyncClient) -> GraphRequestAdapter:
    """The adapter for one tenant: it sends tokens to this cloud alone."""
    # Without scopes kiota derives one from the URL, and without hosts it allows any.
    provider = AzureIdentityAuthenticationProvider(
        tokens,  # type: ignore[arg-type]  # kiota only awaits get_token
        scopes=[cloud.scope],
        allowed_hosts=[urlsplit(cloud.graph_url).hostname or ""],
        is_cae_enabled=False,
    )
    # A bare client has no kiota middleware: it neither retries, redirects nor edits a URL.
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = cloud.graph_url
    return adapter


def get_request(url: str) -> RequestInformation:
    """A GET whose response comes back as it is."""
    request = RequestInformation(Method.GET)
    request.url = url
    request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
    return request
