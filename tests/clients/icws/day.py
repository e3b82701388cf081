"""An agent of ours in somebody else's hands: `requests`, which keeps cookies by their paths, speaks ICWS to the simulated server.

Says `ready` when it waits for a call, `talking ID` when it has answered, `ended` when the other side has hung up.
"""

import json
import sys

import requests

base, user = sys.argv[1:]
http = requests.Session()
http.headers["Accept-Language"] = "en-us"
answer = http.post(
    f"{base}/connection?include=features,version",
    json={
        "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
        "applicationName": "requests",
        "userID": user,
        "password": "anything",
    },
    timeout=20,
)
assert answer.status_code == 201, answer.text
session = answer.json()
http.headers["ININ-ICWS-CSRF-Token"] = session["csrfToken"]
here = f"{base}/{session['sessionId']}"


def must(method, path, body=None):
    answer = http.request(method, here + path, json=body, timeout=20)
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer


workstation = must("GET", f"/configuration/users/{user}?select=defaultWorkstation&rightsFilter=view").json()["defaultWorkstation"]["id"]
must(
    "PUT",
    "/connection/station",
    {"__type": "urn:inin.com:connection:workstationSettings", "workstation": workstation, "readyForInteractions": True},
)
must(
    "PUT",
    "/messaging/subscriptions/queues/own",
    {"queueIds": [{"queueType": 0, "queueName": user}], "attributeNames": ["Eic_State", "Eic_RemoteAddress"]},
)
statuses = must("GET", "/status/status-messages").json()["statusMessageList"]
available = next(status["statusId"] for status in statuses if status["isAcdStatus"] and status["isSelectableStatus"])
request = must("PUT", f"/status/user-statuses/{user}", {"statusId": available}).json()["requestId"]
with http.get(here + "/messaging/messages", headers={"Accept": "text/event-stream"}, stream=True, timeout=60) as stream:
    assert stream.headers["Content-Type"].startswith("text/event-stream"), stream.headers
    for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
        if not line.startswith("data: "):
            continue
        message = json.loads(line[len("data: ") :])
        if message.get("requestId") == request:
            assert message["error"] is None, message
            print("ready", flush=True)
        for entry in message.get("interactionsAdded", []) + message.get("interactionsChanged", []):
            state = entry["attributes"].get("Eic_State")
            if state == "A":
                must("POST", f"/interactions/{entry['interactionId']}/pickup")
            elif state == "C":
                print(f"talking {entry['interactionId']}", flush=True)
            elif state == "E":
                print("ended", flush=True)
                must("DELETE", "/connection")
                sys.exit(0)
