"""zeep as SAP: agent.py WSDL USER. Reads one command per line, calls it, says what came (see tests/src/client.rs)."""

import sys
from urllib.parse import quote, unquote

import zeep
from lxml import etree
from zeep.helpers import serialize_object


def nested(paths):
    """{'channels.0': '1'} to {'channels': ['1']}."""
    tree = {}
    for path, value in paths.items():
        place = tree
        *steps, last = path.split(".")
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    return lists(tree)


def lists(tree):
    if not isinstance(tree, dict):
        return tree
    if tree and all(key.isdigit() for key in tree):
        return [lists(tree[key]) for key in sorted(tree, key=int)]
    return {key: lists(value) for key, value in tree.items()}


def shaped(part_type, value):
    """Gives a list the element that the WSDL wraps its entries in, however it is called."""
    elements = getattr(part_type, "elements", [])
    if isinstance(value, list):
        if not elements:
            return value
        name, element = elements[0]
        entries = [shaped(element.type, entry) for entry in value]
        # A list by SOAP's section 5 is made by calling its type; any other is a structure around its entries.
        return part_type(entries) if getattr(part_type, "_array_type", None) else {name: entries}
    if isinstance(value, dict):
        types = dict(elements)
        return {key: shaped(types[key].type if key in types else None, entry) for key, entry in value.items()}
    return value


def leaves(value, path=""):
    if value is None:
        yield path, ""
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from leaves(entry, f"{path}.{key}" if path else key)
    elif isinstance(value, (list, tuple)):
        for place, entry in enumerate(value):
            yield from leaves(entry, f"{path}.{place}" if path else str(place))
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    else:
        yield path, str(value)


def line(verdict, pairs):
    print(" ".join([verdict] + [f"{name}={quote(value, safe='')}" for name, value in pairs]), flush=True)


def main():
    wsdl, user = sys.argv[1:]
    client = zeep.Client(wsdl)
    # One port for each interface, or one for all: the operation is where it is found.
    ports = {
        name: client.bind(service.name, name) for service in client.wsdl.services.values() for name in service.ports
    }
    print("ready", flush=True)
    for command in sys.stdin:
        interface, operation, *words = command.split()
        try:
            name = next(name for name in ports if f"Ici{interface}" in name)
            values = nested({key: unquote(value) for key, value in (word.split("=", 1) for word in words)})
            declared = ports[name]._binding.get(operation).input.body.type.elements
            types = dict(declared)
            values = {key: shaped(types[key].type if key in types else None, value) for key, value in values.items()}
            # rpc style knows no parameter that can be left out.
            values = {key: "" for key, element in declared if element.min_occurs} | values
            namespace = f"urn:Ici{interface}Interface"
            headers = []
            for block, text in (("user", user), ("language", "EN")):
                element = etree.Element(f"{{{namespace}}}{block}")
                element.text = text
                headers.append(element)
            result = ports[name][operation](**values, _soapheaders=headers)
            line("ok", leaves(serialize_object(result, dict), ""))
        except zeep.exceptions.Fault as fault:
            line("fault", [("code", (fault.code or "").split(":")[-1]), ("text", fault.message or "")])
        except Exception as error:
            line("broken", [("text", f"{type(error).__name__}: {error}")])


main()
