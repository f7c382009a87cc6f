"""A serving process for tests: what it does stands in its environment.

    python model_server.py PORT MODEL_DIR

Every request to /invocations is appended to the file REQUESTS, if there is one.
"""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BEHAVIOUR = os.environ.get("BEHAVIOUR", "echo")
seen: dict[bytes, int] = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parameters = os.environ.get("PARAMETERS")
        if self.path == "/ping":
            self.answer(500 if BEHAVIOUR == "never ready" else 200)
        elif self.path == "/execution-parameters" and parameters:
            self.answer(200, parameters.encode())
        else:
            self.answer(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.record(body)
        seen[body] = seen.get(body, 0) + 1
        if body.startswith(b"status "):
            self.answer(int(body.split()[1]), b"the model's own words")
        elif body.startswith(b"once ") and seen[body] == 1:
            self.answer(503)
        elif body == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif body == b"hang":
            time.sleep(60)
        elif body == b"truncate":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"too little")
            self.close_connection = True
        elif body == b"garbage":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            self.close_connection = True
        elif body.startswith(b"slow"):
            time.sleep(0.2)
            self.answer(200, body)
        elif BEHAVIOUR == "environment":
            self.answer(200, json.dumps(dict(os.environ)).encode())
        elif BEHAVIOUR == "model":
            self.answer(200, (Path(sys.argv[2]) / "weights.txt").read_bytes())
        else:
            self.answer(200, body)
        if BEHAVIOUR == "hang up":
            self.close_connection = True

    def record(self, body: bytes) -> None:
        if requests := os.environ.get("REQUESTS"):
            row = {
                "body": body.decode(),
                "content_type": self.headers.get("Content-Type"),
                "accept": self.headers.get("Accept"),
                "port": self.client_address[1],
            }
            with Path(requests).open("a") as file:
                file.write(json.dumps(row) + "\n")

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


if BEHAVIOUR == "crash":
    print("No module named 'faces'")
    sys.exit(3)
if BEHAVIOUR == "ignore SIGTERM":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("the model is loaded")
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
