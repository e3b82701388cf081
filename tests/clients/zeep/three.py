"""zeep with an rpc/literal WSDL. three.py WSDL FILE: sends the three requests whose bytes are kept (see ../capture)."""

import sys

import zeep
from lxml import etree


def headers(part):
    blocks = []
    for name, value in (("user", "CRMFOSOUT"), ("language", "EN")):
        block = etree.Element("{urn:Ici%sInterface}%s" % (part, name))
        block.text = value
        blocks.append(block)
    return blocks


wsdl, file = sys.argv[1:]
service = zeep.Client(wsdl).service
service.getAttributes(userId="CRMFOSOUT", _soapheaders=headers("User"))
service.setCurrentChannels(userId="CRMFOSOUT", channels={"item": [1, 3]}, _soapheaders=headers("User"))
service.setAttachedData(itemId="ITEM", attachedData=open(file, encoding="utf-8").read(), _soapheaders=headers("Item"))
