"""How both sides leave a broker."""

import paho.mqtt.client as mqtt


def part(client: mqtt.Client) -> None:
    """End a connection for good: say goodbye, end its thread, let go of whoever listened.

    paho closes the sockets by which it wakes its thread only when the client itself is freed. A listener that holds the
    client and is held by it would keep them open until garbage is collected.
    """
    client.disconnect()
    client.loop_stop()
    client.on_connect = client.on_disconnect = client.on_subscribe = client.on_message = client.on_socket_open = None
