"""One-time codes as an app makes them (RFC 6238), and setting a second factor up in a browser."""
import base64
import hmac
import re
import struct
import time


def totp(secret, at=None, steps=0):
    """The six digits of a base32 secret at a time, or so many steps of half a minute later."""
    counter = int(time.time() if at is None else at) // 30 + steps
    secret = secret.replace(" ", "")
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", counter), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 10**6:06}"


def set_up(browser, password):
    """Switches it on; the secret and the recovery codes. The code of the step before is what it takes,
    so that those of now and of the next step are still good."""
    browser.post("/settings/second-factor")
    secret = browser.json("/settings/second-factor")["setup"]["secret"]
    answer = browser.post("/settings/second-factor/confirm", {"code": totp(secret, steps=-1), "password": password})
    assert answer.status == 200, answer.text
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)
    assert len(codes) == 10, answer.text
    return secret, codes
