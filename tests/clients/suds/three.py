"""suds with an rpc/encoded WSDL. three.py WSDL FILE: sends the three requests whose bytes are kept (see ../capture)."""

import sys

from suds.client import Client
from suds.sax.element import Element


def headers(part):
    namespace = ("pre", "urn:Ici%sInterface" % part)
    return [Element("user", ns=namespace).setText("CRMFOSOUT"), Element("language", ns=namespace).setText("EN")]


wsdl, file = sys.argv[1:]
client = Client("file://" + wsdl, cache=None)
channels = client.factory.create("{urn:guess}List")
channels.item = [1, 3]
client.set_options(soapheaders=headers("User"))
client.service.getAttributes("CRMFOSOUT")
client.service.setCurrentChannels("CRMFOSOUT", channels)
client.set_options(soapheaders=headers("Item"))
client.service.setAttachedData("ITEM", open(file, encoding="utf-8").read())
