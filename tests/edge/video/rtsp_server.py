"""A real RTSP server with a password, for the tests: run by the system's Python, which has GStreamer's bindings.

    /usr/bin/python3 rtsp_server.py FILE.mp4 PORT USER PASSWORD [STALL_AFTER_S]

Serves the H.264 of FILE.mp4, in real time, at rtsp://127.0.0.1:PORT/cam and says "ready" once it listens. With
STALL_AFTER_S the sending stops then while the connection stays open. Ends when its standard input closes.
"""

import sys
import threading
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    """Serve until standard input closes."""
    path, port, user, password = sys.argv[1:5]
    stall_after_s = float(sys.argv[5]) if len(sys.argv) > 5 else None
    Gst.init(None)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=port)
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f'( filesrc location="{path}" ! qtdemux ! h264parse ! identity name=gate sync=true '
        "! rtph264pay name=pay0 pt=96 config-interval=1 )"
    )
    factory.set_shared(True)
    roles = GstRtspServer.RTSPPermissions()
    roles.add_permission_for_role("user", "media.factory.access", True)
    roles.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(roles)
    if stall_after_s is not None:
        factory.connect("media-configure", stall, stall_after_s)
    server.get_mount_points().add_factory("/cam", factory)
    if not server.attach(None):
        sys.exit(f"port {port} cannot be listened on")
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    print("ready", flush=True)
    loop.run()


def stall(_factory: Any, media: Any, after_s: float) -> None:
    """From `after_s` of the video on, its buffers are dropped."""
    gate = media.get_element().get_by_name("gate")

    def drop_late(_pad: Any, info: Any) -> Any:
        late = info.get_buffer().pts > after_s * Gst.SECOND
        return Gst.PadProbeReturn.DROP if late else Gst.PadProbeReturn.OK

    gate.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, drop_late)


main()
