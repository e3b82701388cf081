"""A service provider of pysaml2, which judges our answers.

sp.py request METADATA ENTITY ACS [AGE]    a request: its id and the address to which a browser is led; made AGE seconds ago
sp.py verify METADATA ENTITY ACS [ID]      reads an answer (base64) and says what it proves; without ID an unsolicited one

Either prints one line of JSON; an answer that proves nothing is {"refused": why}.
"""

import base64
import datetime
import json
import re
import sys
import urllib.parse
import zlib

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig

what, metadata, entity, acs = sys.argv[1:5]
rest = sys.argv[5] if len(sys.argv) > 5 else None

config = SPConfig().load({
    "entityid": entity,
    "metadata": {"local": [metadata]},
    "xmlsec_binary": "/usr/bin/xmlsec1",
    "accepted_time_diff": 0,
    "service": {"sp": {
        "endpoints": {"assertion_consumer_service": [(acs, BINDING_HTTP_POST)]},
        "authn_requests_signed": False,
        "want_assertions_signed": True,
        "want_response_signed": False,
        "allow_unsolicited": rest is None,
    }},
    # The organisation's attributes are not in pysaml2's maps.
    "allow_unknown_attributes": True,
})
client = Saml2Client(config=config)


def aged(url, seconds):
    """The same request, made some time ago."""
    parts = urllib.parse.urlsplit(url)
    fields = dict(urllib.parse.parse_qsl(parts.query))
    text = zlib.decompress(base64.b64decode(fields["SAMLRequest"]), -15).decode()
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    text = re.sub(r'IssueInstant="[^"]*"', f'IssueInstant="{then:%Y-%m-%dT%H:%M:%SZ}"', text)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    fields["SAMLRequest"] = base64.b64encode(packer.compress(text.encode()) + packer.flush()).decode()
    return parts._replace(query=urllib.parse.urlencode(fields)).geturl()


if what == "request":
    identity, info = client.prepare_for_authenticate(relay_state="where I was & more", binding=BINDING_HTTP_REDIRECT)
    url = dict(info["headers"])["Location"]
    if rest:
        url = aged(url, int(rest))
    print(json.dumps({"id": identity, "url": url}))
else:
    try:
        outstanding = {rest: "/"} if rest else {}
        answer = client.parse_authn_request_response(sys.stdin.read(), BINDING_HTTP_POST, outstanding)
        subject = answer.get_subject()
        print(json.dumps({
            "name": subject.text,
            "format": subject.format,
            "attributes": answer.get_identity(),
            "issuer": answer.issuer(),
            "context": [info[0] for info in answer.authn_info()],
        }))
    except Exception as error:
        print(json.dumps({"refused": f"{type(error).__name__}: {error}"}))
