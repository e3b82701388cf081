#!/usr/bin/env python3
"""Genesys's own library works with the double as with an organisation. usage: library.py URL; prints `good`, or fails.

What it is given back goes through the library's own types, so that an answer of the double in another form is found out.
"""

import json
import sys
import urllib.request

import PureCloudPlatformClientV2 as genesys
from PureCloudPlatformClientV2.rest import ApiException

GENESYS = "urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User"


def token(url):
    request = urllib.request.Request(f"{url}/oauth/token", b"grant_type=client_credentials")
    request.add_header("Authorization", "Basic bGlicmFyeTpzZWNyZXQ=")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["access_token"]


def refused(deed, *arguments, **named):
    try:
        deed(*arguments, **named)
    except ApiException as error:
        return error.status, json.loads(error.body)
    raise AssertionError(f"{deed} was not refused")


def main(url):
    client = genesys.api_client.ApiClient(url)
    client.access_token = token(url)
    scim, routing, users = genesys.SCIMApi(client), genesys.RoutingApi(client), genesys.UsersApi(client)
    assert genesys.OrganizationApi(client).get_organizations_me().third_party_org_name == "double"

    routing.post_routing_skills({"name": "Sales"})
    assert [skill.name for skill in routing.get_routing_skills().entities if skill.state == "active"] == ["Sales"]

    person = {"userName": "anna@example.com", "displayName": "Anna", GENESYS: {"routingSkills": [{"name": "Sales", "proficiency": 3.0}]}}
    user = scim.post_scim_v2_users(person)
    assert (user.user_name, user.active, user.meta.version) == ("anna@example.com", True, "1")
    status, body = refused(scim.post_scim_v2_users, person)
    assert (status, body["scimType"]) == (409, "uniqueness")

    operation = {"op": "replace", "path": "displayName", "value": "Anna Adler"}
    change = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    assert scim.patch_scim_v2_user(user.id, change, if_match='"1"').display_name == "Anna Adler"
    status, body = refused(scim.patch_scim_v2_user, user.id, change, if_match='"1"')
    assert (status, body["scimType"]) == (400, "invalidVers")
    listed = scim.get_scim_v2_users(filter='userName eq "anna@example.com"')
    assert (listed.total_results, listed.resources[0].id) == (1, user.id)

    queue = routing.post_routing_queues({"name": "Sales", "peerId": "7"})
    routing.post_routing_queue_members(queue.id, [{"id": user.id}])
    members = routing.get_routing_queue_members(queue.id, member_by="user")
    assert [member.id for member in members.entities] == [user.id]
    assert routing.get_routing_queues(peer_id="7").entities[0].id == queue.id
    status, body = refused(routing.post_routing_queue_members, queue.id, [{"id": user.id}] * 101)
    assert status == 400

    scim.delete_scim_v2_user(user.id)
    criteria = [{"fields": ["state"], "values": ["deleted"], "type": "EXACT"}]
    assert [found.id for found in users.post_users_search({"query": criteria}).results] == [user.id]
    back = users.get_user(user.id, state="deleted")
    assert users.patch_user(user.id, {"state": "active", "version": back.version}).state == "active"
    print("good")


main(*sys.argv[1:])
