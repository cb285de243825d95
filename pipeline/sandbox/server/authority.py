"""The login authority's half: from a URL and a form to a token, or to the right AADSTS error."""

import re
from collections.abc import Mapping

import orjson

from pipeline.sandbox.protocol.login import (
    LoginError,
    application_not_found,
    bad_token_request,
    openid_configuration,
    refusal,
    tenant_not_found,
    unknown_resource,
)
from pipeline.sandbox.protocol.wire import Answer
from pipeline.sandbox.server.world import World
from pipeline.sandbox.story.identity import Tenant

_ROUTES = re.compile(
    r"^/(?P<tenant>[^/]+)/"
    r"(?P<what>v2\.0/\.well-known/openid-configuration|oauth2/v2\.0/token|discovery/v2\.0/keys)$"
)


class Authority:
    """Answers sign-ins out of a World."""

    def __init__(self, world: World) -> None:
        self._world = world

    @staticmethod
    def tenant_of(path: str) -> str | None:
        """The tenant that a login URL names; None if it is not one."""
        match = _ROUTES.match(path)
        return match["tenant"].lower() if match else None

    def answer(self, *, method: str, origin: str, path: str, form: Mapping[str, str]) -> Answer:
        match = _ROUTES.match(path)
        if match is None:
            return Answer(404, b"{}")
        try:
            tenant = self._world.estate.find(match["tenant"])
            if tenant is None:
                raise tenant_not_found(match["tenant"])
            if match["what"].startswith("v2.0"):
                return Answer(200, orjson.dumps(openid_configuration(origin, tenant.tenant_id)))
            if match["what"].startswith("discovery"):
                return Answer(200, orjson.dumps(self._world.tokens.keys()))
            if method != "POST":
                raise bad_token_request("The endpoint only accepts POST requests.")
            return self._token(tenant, origin, path, form)
        except LoginError as refused:
            return refused.answer(self._world.clock)

    def _token(self, tenant: Tenant, origin: str, path: str, form: Mapping[str, str]) -> Answer:
        world, application = self._world, self._world.estate.application
        if form.get("grant_type") != "client_credentials":
            raise bad_token_request("The request body must contain 'grant_type'.")
        client_id = form.get("client_id", "")
        if client_id != application.client_id:
            raise application_not_found(client_id, tenant.name)
        code = world.refused.get(tenant.tenant_id)
        if code is not None:
            raise refusal(code, client_id=client_id, tenant_name=tenant.name)
        application.verify(form, token_endpoint=f"{origin}{path}")
        scope = form.get("scope", "").split(" ")[0]
        resource = scope.removesuffix("/.default").rstrip("/")
        if resource not in (origin, "https://graph.microsoft.com"):
            raise unknown_resource(scope, tenant.name)
        token = world.tokens.mint(
            tenant_id=tenant.tenant_id,
            client_id=client_id,
            roles=world.roles(tenant.tenant_id),
            audience=resource,
            authority=origin,
            claims_asked=form.get("claims", ""),
        )
        lifetime = world.tokens.lifetime
        body = {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": token,
        }
        return Answer(200, orjson.dumps(body), {"Cache-Control": "no-store, no-cache"})
