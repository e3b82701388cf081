#!/usr/bin/env python3
"""Somebody else's SCIM server (scim2-server), as far as it can be like Genesys Cloud: its schemas, its paths, and a log-on beside them.

usage: scim_server.py        prints `listening http://127.0.0.1:PORT`

The schemas are those that come with the package, and what Genesys adds to a user besides. Every request must carry the one token.
"""

import json
import wsgiref.simple_server

from scim2_models import ResourceType, Schema, ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config

TOKEN = "a-token-of-the-laboratory"
GENESYS = "urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User"
PREFIX = "/api/v2/scim/v2"


def attribute(name, kind="string", parts=(), exact=False):
    entry = {
        "name": name,
        "type": kind,
        "multiValued": bool(parts),
        "description": name,
        "required": False,
        "caseExact": exact,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    return entry | ({"subAttributes": list(parts)} if parts else {})


def extension():
    proficient = [attribute("name", exact=True), attribute("proficiency", "decimal")]
    return Schema.model_validate(
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": GENESYS,
            "name": "GenesysUser",
            "description": "What Genesys Cloud adds to a user",
            "attributes": [
                attribute("routingSkills", "complex", proficient),
                attribute("routingLanguages", "complex", proficient),
                attribute("externalIds", "complex", [attribute("authority", exact=True), attribute("value", exact=True)]),
            ],
        }
    )


def application():
    types = []
    for kind in load_default_resource_types().values():
        kind = json.loads(kind.model_dump_json(by_alias=True, exclude_none=True))
        if kind["name"] == "User":
            kind.setdefault("schemaExtensions", []).append({"schema": GENESYS, "required": False})
        types.append(ResourceType.model_validate(kind))
    schemas = [*load_default_schemas().values(), extension()]
    provider = ScimProvider.from_discovery(schemas, types, config=load_default_service_provider_config())
    service = ScimService(provider, secret="of-the-laboratory")
    inner = BearerTokenApplication(InMemoryStorage(), provider, service=service, bearer_tokens=[TOKEN])

    def outer(environ, start):
        path = environ["PATH_INFO"]
        if path == "/oauth/token":
            body = json.dumps({"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600}).encode()
            start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        if path == "/api/v2/users/search":
            body = b'{"results": []}'
            start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        # Genesys writes the names of resources in small letters.
        environ["PATH_INFO"] = path.replace(f"{PREFIX}/users", "/v2/Users", 1)
        return inner(environ, start)

    return outer


if __name__ == "__main__":
    with wsgiref.simple_server.make_server("127.0.0.1", 0, application()) as server:
        print(f"listening http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
