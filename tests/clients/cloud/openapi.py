#!/usr/bin/env python3
"""Writes an OpenAPI document of the operations that the bridge uses, read from the installed package PureCloudPlatformClientV2.

usage: openapi.py OUT

The package is generated from the document that Genesys publishes of its interface, so that this is the same the other way round. It is read as
text and never imported: its thousands of modules take longer to load than everything else here. Nothing of it is kept in this repository.
"""

import ast
import importlib.util
import json
import pathlib
import re
import sys

PACKAGE = pathlib.Path(importlib.util.find_spec("PureCloudPlatformClientV2").origin).parent
USED = [
    r"GET /api/v2/organizations/me",
    r"GET /api/v2/organizations/limits/namespaces/\{[^/]*\}",
    r"\w+ /api/v2/scim/v2/users(/\{[^/]*\})?",
    r"POST /api/v2/users/search",
    r"(GET|PATCH) /api/v2/users/\{[^/]*\}",
    r"\w+ /api/v2/routing/(skills|languages|wrapupcodes|queues)(/\{[^/]*\})?",
    r"\w+ /api/v2/routing/queues/\{[^/]*\}/(members|wrapupcodes)(/\{[^/]*\})?",
    r"POST /api/v2/events/conversations",
    r"\w+ /api/v2/(oauth/clients|identityproviders/generic)(/\{[^/]*\})?",
]
REQUIRED_OF_EVENTS = ["eventId", "eventDateTime", "conversationId", "communicationId"]
ESTABLISHED = ["initialConfiguration", "sourceConfiguration"]
EVENTS = {
    "IvrEstablishedEvent": ESTABLISHED,
    "RoutingEstablishedEvent": ["queueId"] + ESTABLISHED,
    "UserEstablishedEvent": ["userId"] + ESTABLISHED,
    "CommunicationAnsweredEvent": [],
    "CommunicationEndedEvent": ["disconnectType"],
    "CommunicationDispositionAppliedEvent": [],
    "EmailRoutingEstablishedEvent": ["queueId"] + ESTABLISHED,
    "EmailUserEstablishedEvent": ["userId"] + ESTABLISHED,
    "EmailCommunicationAnsweredEvent": [],
    "EmailCommunicationEndedEvent": ["disconnectType"],
    "EmailCommunicationDispositionAppliedEvent": [],
}
# What the descriptions of the fields call required: the Python package does not say so in a form that a program can read.
REQUIRED = {
    "ScimV2CreateUser": ["userName", "displayName"],
    "ScimV2PatchRequest": ["schemas", "Operations"],
    "ScimV2PatchOperation": ["op"],
    "ScimUserRoutingSkill": ["name"],
    "ScimUserRoutingLanguage": ["name"],
    "CreateQueueRequest": ["name"],
    "QueueRequest": ["name"],
    "WrapupCodeRequest": ["name"],
    "RoutingSkill": ["name"],
    "Language": ["name"],
    "UserSearchCriteria": ["type"],
    "WritableEntity": ["id"],
    "UpdateUser": ["version"],
    "OAuthClientRequest": ["name", "authorizedGrantType"],
    # Of these the descriptions say nothing; the types of the package for JavaScript (purecloud-platform-client-v2) do.
    **{name: REQUIRED_OF_EVENTS + more for name, more in EVENTS.items()},
    "SourceConfiguration": ["sourceId", "interactionId"],
}
PLAIN = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "object": {},
}


class Models:
    """The types, each looked for when it is first named."""

    def __init__(self):
        self.done = {}
        self.files = {path.stem.replace("_", ""): path for path in (PACKAGE / "models").glob("*.py")}

    def schema(self, name):
        if name in PLAIN:
            return dict(PLAIN[name])
        if inner := re.fullmatch(r"list\[(.*)\]", name):
            return {"type": "array", "items": self.schema(inner[1])}
        if inner := re.fullmatch(r"dict\(str, *(.*)\)", name):
            return {"type": "object", "additionalProperties": self.schema(inner[1])}
        if name.lower() not in self.files:
            return {}
        if name not in self.done:
            self.done[name] = {}
            self.done[name].update(self.read(name))
        return {"$ref": f"#/components/schemas/{name}"}

    def read(self, name):
        module = ast.parse(self.files[name.lower()].read_text())
        (cls,) = [node for node in module.body if isinstance(node, ast.ClassDef)]
        tables, words = {}, {}
        for function in (node for node in cls.body if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if not isinstance(node, ast.Assign):
                    continue
                target = node.targets[0]
                if function.name == "__init__" and isinstance(target, ast.Attribute) and isinstance(node.value, ast.Dict):
                    tables[target.attr] = ast.literal_eval(node.value)
                if isinstance(target, ast.Name) and target.id == "allowed_values":
                    words[function.name] = ast.literal_eval(node.value)
        properties = {}
        for attribute, kind in tables["swagger_types"].items():
            schema = self.schema(kind)
            if schema == {"type": "string"} and attribute in words:
                schema["enum"] = words[attribute]
            properties[tables["attribute_map"][attribute]] = schema
        schema = {"type": "object", "properties": properties}
        if name in REQUIRED:
            schema["required"] = REQUIRED[name]
        return schema


def operation(function, models):
    """Method, path and description of the operation that a function of the package is, or nothing."""
    found = {"path_params": [], "query_params": [], "header_params": []}
    path = method = answer = None
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id == "resource_path":
                path = next(part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant) and str(part.value).startswith("/"))
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id in found:
                if isinstance(node.value, ast.Subscript) and isinstance(node.value.slice, ast.Constant):
                    found[target.value.id].append((target.slice.value, node.value.slice.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "call_api":
            method = node.args[1].value
            answer = next((word.value.value for word in node.keywords if word.arg == "response_type"), None)
    if not path or not any(re.fullmatch(used, f"{method} {path}") for used in USED):
        return None
    kinds = {name: kind for kind, name in re.findall(r":param (.+?) (\w+):", ast.get_docstring(function) or "")}
    needed = {argument.arg for argument in function.args.args}
    parameters = []
    for place, table in (("path", "path_params"), ("query", "query_params"), ("header", "header_params")):
        for name, argument in found[table]:
            required = place == "path" or argument in needed
            parameters.append({"name": name, "in": place, "required": required, "schema": models.schema(kinds.get(argument, "str")) or {}})
    described = {"operationId": function.name, "parameters": parameters, "security": [{"oauth": []}]}
    types = ["application/json"] + (["application/scim+json"] if "/scim/" in path else [])
    if "body" in kinds:
        content = {kind: {"schema": models.schema(kinds["body"])} for kind in types}
        described["requestBody"] = {"required": "body" in needed, "content": content}
    good = {"description": "done"}
    if answer:
        good["content"] = {kind: {"schema": models.schema(answer)} for kind in types}
    responses = {"200": good, "201": good, "202": {"description": "taken"}, "204": {"description": "done"}}
    for status in (304, 400, 401, 403, 404, 405, 408, 409, 412, 413, 429, 500, 503, 504):
        responses[str(status)] = {"description": "not done"}
    described["responses"] = responses
    return method.lower(), path, described


def main(out):
    models, paths = Models(), {}
    for file in sorted((PACKAGE / "apis").glob("*_api.py")):
        text = file.read_text()
        if not any(word in text for word in ("/scim/v2/", "/routing/", "/events/", "/users/", "/organizations/", "/oauth/clients", "/identityproviders/")):
            continue
        for cls in (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)):
            for function in (node for node in cls.body if isinstance(node, ast.FunctionDef)):
                if found := operation(function, models):
                    method, path, described = found
                    paths.setdefault(path, {})[method] = described
    document = {
        "openapi": "3.0.3",
        "info": {"title": "What the bridge uses of Genesys Cloud", "version": "0"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": models.done, "securitySchemes": {"oauth": {"type": "http", "scheme": "bearer"}}},
    }
    pathlib.Path(out).write_text(json.dumps(document))
    print(f"{len(paths)} paths, {sum(map(len, paths.values()))} operations, {len(models.done)} types")


main(*sys.argv[1:])
