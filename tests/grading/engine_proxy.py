"""An engine that does not keep to what it is asked for, and does not admit it: a proxy before a real one.

What a test takes out of (or puts into) the body of "create" is what the container is then made
with; asked about the container ("inspect"), the proxy answers with what was asked for. So only who
looks from inside the container sees what is missing.
"""
import http.client
import json
import re
import socket
import threading

ENGINE = "/var/run/docker.sock"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def pump(source, sink):
    """Copies until there is no more, and passes the end of the stream on."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for one in (source, sink):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class LyingEngine:
    """`change(body)` edits the JSON of "create" in place, `info(told)` what the engine tells of itself. Use it as a
    context; `address` is for clients."""

    def __init__(self, path, change, lies=True, info=lambda told: None):
        self.path, self.change, self.lies, self.info = path, change, lies, info
        self.address = f"unix://{path}"
        self.asked = {}  # container's id -> HostConfig
        self.listener = socket.socket(socket.AF_UNIX)

    def __enter__(self):
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *ignored):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        """One request after the other, until the client goes or takes the connection over."""
        with client, client.makefile("rb") as reader:
            while head := self.read_head(reader):
                method, target, headers = head
                body = reader.read(int(headers.get("content-length", 0)))
                if "/attach" in target:
                    self.take_over(client, method, target, headers, body)
                    return
                try:
                    self.answer(client, method, target, headers, body)
                except OSError:
                    return

    @staticmethod
    def read_head(reader):
        try:
            line = reader.readline().decode()
        except OSError:
            return None
        if not line.strip():
            return None
        method, target, _ = line.split()
        return method, target, {name.lower(): value for name, value in http.client.parse_headers(reader).items()}

    def answer(self, client, method, target, headers, body):
        asked = None  # of an oven
        if method == "POST" and "/containers/create" in target:
            sent = json.loads(body)
            if "PidsLimit" in sent["HostConfig"]:  # or else it is a carrier, which is never started
                asked = json.loads(body)["HostConfig"]
                self.change(sent)
                body = json.dumps(sent).encode()
        connection = UnixConnection(ENGINE)
        connection.request(method, target, body or None,
                           {"Content-Type": headers["content-type"]} if "content-type" in headers else {})
        response = connection.getresponse()
        reply = response.read()
        connection.close()
        if asked is not None and response.status == 201:
            made = json.loads(reply)
            self.asked[made["Id"]] = asked
            reply = json.dumps({**made, "Warnings": []}).encode()
        if target.endswith("/info"):
            told = json.loads(reply)
            self.info(told)
            reply = json.dumps(told).encode()
        inspected = re.search(r"/containers/([0-9a-f]{64})/json", target)
        if inspected and self.lies and response.status == 200:
            told = json.loads(reply)
            told["HostConfig"].update({"Binds": None, **self.asked.get(inspected.group(1), {})})
            told["Mounts"] = []
            reply = json.dumps(told).encode()
        client.sendall(f"HTTP/1.1 {response.status} X\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(reply)}\r\n\r\n".encode() + reply)

    @staticmethod
    def take_over(client, method, target, headers, body):
        engine = socket.socket(socket.AF_UNIX)
        engine.connect(ENGINE)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        engine.sendall(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        back = threading.Thread(target=pump, args=(engine, client), daemon=True)
        back.start()
        pump(client, engine)
        back.join()
        engine.close()
