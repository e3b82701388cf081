"""A browser without scripts: opens a page, or sends a form that was filled in.

browser.py PORT AUTHORITY URL [HEADER=VALUE…]

Reads the fields of a form as JSON, {} to open the page only. Prints one line of JSON: status, headers, page, and its form with the fields that a
person would find there. The host of the address is at 127.0.0.1:PORT; with - as AUTHORITY nothing is encrypted.
"""

import html.parser
import http.client
import json
import socket
import ssl
import sys
import urllib.parse

port, authority, url = int(sys.argv[1]), sys.argv[2], sys.argv[3]
headers = dict(field.split("=", 1) for field in sys.argv[4:])
fields = json.load(sys.stdin)


class Forms(html.parser.HTMLParser):
    """The one form of a page; every field of it must have a label or be hidden."""

    def __init__(self):
        super().__init__()
        self.form, self.labels, self.language, self.alert = None, set(), None, None
        self.in_alert = False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "html":
            self.language = attributes.get("lang")
        if tag == "form":
            self.form = {"action": attributes["action"], "method": attributes["method"], "fields": {}, "asked": []}
        if tag == "label":
            self.labels.add(attributes["for"])
        if tag == "input":
            self.form["fields"][attributes["name"]] = attributes.get("value", "")
            if attributes.get("type") != "hidden":
                self.form["asked"].append(attributes["id"])
        self.in_alert = attributes.get("role") == "alert"

    def handle_data(self, data):
        if self.in_alert:
            self.alert = data
            self.in_alert = False


parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPConnection(parts.hostname, port, timeout=20)
connection.sock = socket.create_connection(("127.0.0.1", port), 20)
if authority != "-":
    connection.sock = ssl.create_default_context(cafile=authority).wrap_socket(connection.sock, server_hostname=parts.hostname)
target = parts._replace(scheme="", netloc="").geturl()
if fields:
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", target, urllib.parse.urlencode(fields), headers)
else:
    connection.request("GET", target, headers=headers)
answer = connection.getresponse()
page = answer.read().decode()
forms = Forms()
forms.feed(page)
if forms.form:
    assert set(forms.form["asked"]) <= forms.labels, f"a field has no label: {page}"
    forms.form["action"] = urllib.parse.urljoin(url, forms.form["action"])
print(json.dumps({
    "status": answer.status,
    "headers": {name.lower(): value for name, value in answer.getheaders()},
    "page": page,
    "form": forms.form,
    "language": forms.language,
    "alert": forms.alert,
}))
