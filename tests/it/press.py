#!/usr/bin/python3
"""Presses the terminal's buttons by their accessible names, as assistive technology does over AT-SPI.

Stays alive and answers one line for each line:
    names          JSON: every named control of the window that shows: {name, role, enabled, checked, description}
    press NAME     does the control's default action; "ok", "absent" or "disabled"
It keeps to the application that is named `kiosk`, and never presses what is not enabled.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

# The second one is the first while its file is being replaced, as an update does.
APPLICATIONS = ("kiosk", "kiosk (deleted)")
DEEPEST = 24


def application():
    desktop = Atspi.get_desktop(0)
    for place in range(desktop.get_child_count()):
        found = desktop.get_child_at_index(place)
        if found is not None and found.get_name() in APPLICATIONS:
            return found
    return None


def controls(node, depth=0):
    """Every named thing below, in the order in which it is told."""
    if node is None or depth > DEEPEST:
        return
    if depth > 0 and node.get_name():
        yield node
    for place in range(node.get_child_count()):
        yield from controls(node.get_child_at_index(place), depth + 1)


def fresh():
    found = application()
    if found is not None:
        found.clear_cache()
    return found


def has(node, state):
    return node.get_state_set().contains(state)


def acts(node):
    return "Action" in node.get_interfaces() and node.get_action_iface().get_n_actions() > 0


def told(node):
    return {
        "name": node.get_name(),
        "role": node.get_role_name(),
        "enabled": has(node, Atspi.StateType.ENABLED) and has(node, Atspi.StateType.SENSITIVE),
        # A toggle button's "on" is "pressed".
        "checked": has(node, Atspi.StateType.CHECKED) or has(node, Atspi.StateType.PRESSED),
        "description": node.get_description() or "",
        "acts": acts(node),
    }


def press(name):
    found = [node for node in controls(fresh()) if node.get_name() == name]
    buttons = [node for node in found if acts(node)]
    if not buttons:
        return "absent"
    node = buttons[0]
    if not told(node)["enabled"]:
        return "disabled"
    return "ok" if node.get_action_iface().do_action(0) else "refused"


def answer(line):
    verb, _, rest = line.partition(" ")
    if verb == "names":
        return json.dumps([told(node) for node in controls(fresh())], ensure_ascii=False)
    if verb == "press":
        return press(rest)
    return "unknown"


def wake_programs():
    """Programs show themselves on the bus only while assistive technology is said to be in use."""
    Gio.bus_get_sync(Gio.BusType.SESSION, None).call_sync(
        "org.a11y.Bus",
        "/org/a11y/bus",
        "org.freedesktop.DBus.Properties",
        "Set",
        GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True))),
        None,
        Gio.DBusCallFlags.NONE,
        5000,
        None,
    )


def main():
    Atspi.init()
    wake_programs()
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdin.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        try:
            said = answer(line.rstrip("\n"))
        except GLib.Error as error:
            # The page changed under the walk: whoever asks asks again.
            said = "gone " + error.message.replace("\n", " ")
        print(said, flush=True)


if __name__ == "__main__":
    main()
