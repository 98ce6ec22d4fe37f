# SPDX-License-Identifier: AGPL-3.0-or-later
"""A program of the tests: puts a key on a token of SoftHSM and seals with it."""

import sys
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from app.documents import seal_keys
from app.documents.seal import Seal
from tests.documents.signers import AT

LABEL, PIN = "sigillo", "1234"


def main(module: str, folder: Path) -> None:
    """Try what must be refused, then seal ``plain.pdf`` into ``sealed.pdf``."""
    _keep(module, folder / "key.pem")
    for token, label, pin in (("altro", LABEL, PIN), (LABEL, "altra", PIN), (LABEL, LABEL, "0000")):
        try:
            seal_keys.from_device(module, token, label, pin, None)
        except seal_keys.KeyFault as fault:
            print(type(fault).__name__)
    for beside in (None, folder / "other.pem"):
        key = seal_keys.from_device(module, LABEL, LABEL, PIN, beside)
        print(key.certificate.subject.native["common_name"], len(key.chain))
    (folder / "sealed.pdf").write_bytes(Seal(key).apply((folder / "plain.pdf").read_bytes(), AT))


def _keep(module: str, path: Path) -> None:
    """Put the key and the certificate of the file on the token."""
    raw = path.read_bytes()
    key = serialization.load_pem_private_key(raw, None)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (certificate,) = seal_keys.certificates_of(raw)
    common = {pkcs11.Attribute.LABEL: LABEL, pkcs11.Attribute.TOKEN: True}
    token = pkcs11.lib(module).get_token(token_label=LABEL)
    with token.open(rw=True, user_pin=PIN) as session:
        session.create_object({**decode_rsa_private_key(der), **common})
        session.create_object({**decode_x509_certificate(certificate.dump()), **common})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
