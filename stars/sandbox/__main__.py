"""Run the sandbox: ``python -m stars.sandbox --help``."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from werkzeug.serving import make_server

from stars.sandbox.app import Config, create_app
from stars.sandbox.people import BadPeopleFile
from stars.sandbox.provider import LoopbackURIs

CALLBACK_PATH = "/accounts/oidc/latvija/login/callback/"
LOOPBACK = ("127.0.0.1", "localhost")


def production_reason(environ: Mapping[str, str]) -> str | None:
    """Return why this environment is a production one, or None if it is not."""
    if environ.get("STARS_ENV", "").strip().lower() == "production":
        return "STARS_ENV is production"
    if environ.get("DJANGO_SETTINGS_MODULE", "").strip().endswith("production"):
        return "DJANGO_SETTINGS_MODULE names production settings"
    return None


def parse(argv: Sequence[str] | None, environ: Mapping[str, str]) -> argparse.Namespace:
    """Read the command line; the environment gives some of the defaults."""
    parser = argparse.ArgumentParser(
        prog="python -m stars.sandbox",
        description="An OpenID provider for development that stands in for Latvija.lv.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add(
        "--port",
        type=int,
        default=environ.get("STARS_SANDBOX_PORT", "8001"),
        help="port; 0 takes a free one (default: STARS_SANDBOX_PORT or 8001)",
    )
    add(
        "--issuer",
        default=environ.get("STARS_SANDBOX_URL"),
        help="address under which browser and portal see it "
        "(default: STARS_SANDBOX_URL or http://127.0.0.1:PORT)",
    )
    add(
        "--data-dir",
        type=Path,
        default=Path(".dev/sandbox"),
        help="folder for the signing key, people added and authenticator.json (%(default)s)",
    )
    add("--client-id", default="stars", help="the portal's client id (default: %(default)s)")
    add(
        "--client-secret",
        default=environ.get("STARS_SANDBOX_CLIENT_SECRET", "development-only"),
        help="the portal's secret (default: STARS_SANDBOX_CLIENT_SECRET or development-only)",
    )
    add(
        "--redirect-uri",
        action="append",
        help="the only address to lead back to, may be repeated "
        f"(default: {CALLBACK_PATH} on any port of this machine)",
    )
    add(
        "--post-logout-redirect-uri",
        action="append",
        help="the only address to lead to after sign-out, may be repeated "
        "(default: any page on any port of this machine)",
    )
    add(
        "--register-key",
        default=environ.get("STARS_SANDBOX_REGISTER_KEY", "development-only"),
        help="key that the enterprise register asks for "
        "(default: STARS_SANDBOX_REGISTER_KEY or development-only)",
    )
    add("--code-ttl", type=int, default=60, help="life of a code in seconds (default: 60)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Returns the exit status."""
    if reason := production_reason(os.environ):
        print(f"The sandbox does not run in production: {reason}.", file=sys.stderr)
        return 2
    args = parse(argv, os.environ)
    if args.host not in LOOPBACK:
        # Authlib refuses plain http except on this machine; whoever asks for another address
        # (a container, a phone on the same network) has no https there.
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    args.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        listener = socket.create_server((args.host, args.port))
    except OSError as error:
        print(f"Cannot listen on {args.host}:{args.port}: {error.strerror}.", file=sys.stderr)
        return 1
    port = listener.getsockname()[1]
    web_port = os.environ.get("STARS_WEB_PORT")
    config = Config(
        issuer=(args.issuer or f"http://127.0.0.1:{port}").rstrip("/"),
        data_dir=args.data_dir,
        client_id=args.client_id,
        client_secret=args.client_secret,
        redirect_uris=args.redirect_uri or LoopbackURIs(CALLBACK_PATH),
        post_logout_redirect_uris=args.post_logout_redirect_uri or LoopbackURIs(r"/[\w/.-]*"),
        portal_url=f"http://localhost:{web_port}/" if web_port else None,
        code_seconds=args.code_ttl,
        register_key=args.register_key,
    )
    try:
        app = create_app(config)
    except BadPeopleFile as error:
        print(error, file=sys.stderr)
        return 1
    server = make_server(args.host, port, app, threaded=True, fd=listener.fileno())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"Sandbox ready at {config.issuer}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
