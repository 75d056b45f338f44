"""shouwang-edge label: parses, calls and prints."""

import os
from pathlib import Path
from typing import Annotated

import typer

from edge.bench.events.showing import say
from edge.bench.labelling.scene import open_scene
from edge.bench.labelling.server import LabelServer
from edge.complaints import tell
from edge.options import OF_SYSTEM, Language


def label(
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="A recorded clip.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="The camera's YAML file; else the one that eval finds.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0: any that is free.")] = 0,
    language: Language = OF_SYSTEM,
) -> None:
    """Mark what happens in CLIP on a page in the browser, and write it beside the clip as NAME.truth.json.

    Only this machine reaches the page, and only who has its address. Ctrl-C ends it.
    """
    scene = open_scene(clip, config, language)
    try:
        server = LabelServer(scene, port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise typer.BadParameter(tell("labelling.no_port", language, port=port, why=why), param_hint="--port") from None
    with server:
        say(tell("labelling.serving", language, address=server.address, path=scene.truth.path))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say(tell("labelling.ended", language))
