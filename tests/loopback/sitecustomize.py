"""Python processes with this folder on their path may speak to loopback only: whatever else they try is refused.

An audit hook sees what Python asks of a socket, in any library, and cannot be taken back. It sees nothing of C code
that opens sockets by itself; none of what is shipped does.
"""

import sys

_CONNECT = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"})
_LOOK_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex", "socket.gethostbyaddr"})


def is_local(host: object) -> bool:
    """Say whether a host is this machine by a name or number that never leaves it."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name in (None, "", "localhost", "::1", "0.0.0.0", "::") or (
        isinstance(name, str) and name.startswith("127.")
    )


def is_number(host: object) -> bool:
    """Say whether a host is written as a number, so that looking it up asks nobody."""
    import socket  # whoever looks a host up has it already; no process is to have it from us

    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        socket.inet_aton(name)
    except OSError:
        return ":" in name
    return True


def guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what would leave the machine."""
    if event in _CONNECT:
        place = arguments[1]
        if not isinstance(place, tuple) or is_local(place[0]):
            return  # a path is a socket of this machine's, too
    elif event in _LOOK_UP:
        if is_local(arguments[0]) or is_number(arguments[0]):
            return
        place = arguments[0]
    else:
        return
    message = f"FORBIDDEN {event} {place!r}: tests may speak to loopback only"
    sys.stderr.write(message + "\n")
    raise PermissionError(message)


sys.addaudithook(guard)
