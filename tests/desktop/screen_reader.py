#!/usr/bin/python3
"""A screen reader for the tests: sees a program through AT-SPI alone, by role and name, as a blind administrator's software does.

One JSON object a line comes in, one goes out. What is looked for is waited for, up to the deadline; then the answer is an error with
everything that was there. Debian's Python, because pyatspi comes from Debian.
"""

import json
import sys
import time

import pyatspi

PATIENCE = 25.0
STATES = {
    pyatspi.STATE_CHECKED: "checked",
    pyatspi.STATE_FOCUSED: "focused",
    pyatspi.STATE_SELECTED: "selected",
    pyatspi.STATE_SENSITIVE: "sensitive",
    pyatspi.STATE_ACTIVE: "active",
}


def program(name):
    for candidate in pyatspi.Registry.getDesktop(0):
        if candidate is not None and candidate.name == name:
            # What libatspi remembers is stale as soon as the window draws itself again.
            candidate.clear_cache()
            return candidate
    return None


def below(node):
    for child in node:
        if child is not None:
            yield child
            yield from below(child)


def text_of(node):
    try:
        text = node.queryText()
        return text.getText(0, text.characterCount)
    except Exception:  # It has no text; pyatspi and D-Bus say so in different ways.
        return None


def seen(node):
    states = node.getState()
    return {
        "role": node.getRoleName(),
        "name": node.name,
        "description": node.description,
        "text": text_of(node),
        "states": [name for state, name in STATES.items() if states.contains(state)],
    }


def every(request):
    root = program(request["program"])
    return [] if root is None else below(root)


def fits(node, request):
    if node.getRoleName() != request["role"] or node.name != request["name"]:
        return False
    states = seen(node)["states"]
    return all(state in states for state in request.get("states", [])) and request.get("text") in (None, text_of(node))


def find(request):
    for node in every(request):
        if fits(node, request):
            return node
    return None


def patiently(look):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found = look()
        except Exception as error:  # A node that has just gone away is no reason to give up.
            found, gone = None, error
        else:
            gone = None
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise LookupError(f"not there after {PATIENCE:.0f} s" + (f" ({gone})" if gone else ""))
        time.sleep(0.05)


def press(node, _):
    node.queryAction().doAction(0)


def write(node, request):
    if not node.queryEditableText().setTextContents(request["value"]):
        raise LookupError("the field takes no text")


def focus(node, _):
    node.queryComponent().grabFocus()


DEEDS = {"see": lambda node, request: None, "press": press, "write": write, "focus": focus}


def answer(request):
    if request["do"] == "all":
        patiently(lambda: program(request["program"]))
        return [seen(node) for node in every(request)]
    node = patiently(lambda: find(request))
    DEEDS[request["do"]](node, request)
    return seen(node)


for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = {"ok": answer(request)}
    except Exception as error:
        there = []
        try:
            there = [f"{node.getRoleName()} {node.name!r}" for node in every(request)]
        except Exception:
            pass
        reply = {"error": f"{request}: {error}; there is: {', '.join(there)}"}
    print(json.dumps(reply), flush=True)
