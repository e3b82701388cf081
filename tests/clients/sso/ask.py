"""A client of a proxy: asks for a path by the proxy's name and prints status and body, or why there is none.

ask.py PORT NAME AUTHORITY PATH [HEADER=VALUE…]
"""

import http.client
import socket
import ssl
import sys

port, name, authority, path = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
context = ssl.create_default_context(cafile=authority)
try:
    connection = http.client.HTTPSConnection(name, port, context=context, timeout=20)
    connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 20), server_hostname=name)
    fields = [field.split("=", 1) for field in sys.argv[5:]]
    connection.putrequest("GET", path, skip_host=any(field[0].lower() == "host" for field in fields))
    for field in fields:
        connection.putheader(*field)
    connection.endheaders()
    answer = connection.getresponse()
    print(answer.status)
    print(answer.read().decode())
except (OSError, http.client.HTTPException) as error:
    print("none")
    print(error)
