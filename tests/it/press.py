#!/usr/bin/python3
"""Presses the terminal's buttons by their accessible names, as assistive technology does over AT-SPI.

Stays alive and answers one line for each line:
    names          JSON: everything in the window that has a name: {name, role, checked, enabled, description, acts}
    all            JSON: the same with what can be pressed and has no name
    press NAME     does the button's default action; "ok", "absent" or "refused"
It keeps to the application that is named `kiosk`.
"""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

# The second one is the first while its file is being replaced, as an update does.
APPLICATIONS = ("kiosk", "kiosk (deleted)")
DEEPEST = 24
BUTTONS = ("push button", "toggle button", "radio button", "check box", "switch")


def application():
    desktop = Atspi.get_desktop(0)
    for place in range(desktop.get_child_count()):
        found = desktop.get_child_at_index(place)
        if found is not None and found.get_name() in APPLICATIONS:
            return found
    return None


def controls(node, depth=0, also=lambda node: False):
    """Every named thing below, in the order in which it is told, and what `also` holds for."""
    if node is None or depth > DEEPEST:
        return
    if depth > 0 and (node.get_name() or also(node)):
        yield node
    for place in range(node.get_child_count()):
        yield from controls(node.get_child_at_index(place), depth + 1, also)


def can_be_pressed(node):
    action = node.get_action_iface()
    return node.get_role_name() in BUTTONS or (action is not None and action.get_n_actions() > 0)


def fresh():
    """The application as it is now: what the library remembers of earlier pages is of no use here."""
    found = application()
    if found is not None:
        found.set_cache_mask(Atspi.Cache.NONE)
        found.clear_cache()
    return found


def told(node):
    role = node.get_role_name()
    states = node.get_state_set()
    buttonlike = role in BUTTONS
    return {
        "name": node.get_name(),
        "role": role,
        # A toggle button's "on" is "pressed".
        "checked": states.contains(Atspi.StateType.CHECKED) or states.contains(Atspi.StateType.PRESSED),
        "enabled": states.contains(Atspi.StateType.ENABLED) and states.contains(Atspi.StateType.SENSITIVE),
        "description": (node.get_description() or "") if buttonlike else "",
        "acts": buttonlike,
    }


def press(name):
    for node in controls(fresh()):
        if node.get_name() == name and node.get_role_name() in BUTTONS:
            return "ok" if node.get_action_iface().do_action(0) else "refused"
    return "absent"


def answer(line):
    verb, _, rest = line.partition(" ")
    if verb == "names":
        return json.dumps([told(node) for node in controls(fresh())], ensure_ascii=False)
    if verb == "all":
        found = [(told(node), can_be_pressed(node)) for node in controls(fresh(), also=can_be_pressed)]
        return json.dumps([{**thing, "acts": acts} for thing, acts in found], ensure_ascii=False)
    if verb == "press":
        return press(rest)
    return "unknown"


def wake_programs():
    """Programs show themselves on the bus only while assistive technology is said to be in use."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)

    def call(name, path, interface, method, arguments):
        return bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 5000, None)

    driver = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
    # Waited for and not called: a call would start a second one beside the one that is starting.
    while not call(*driver, "NameHasOwner", GLib.Variant("(s)", ("org.a11y.Bus",))).unpack()[0]:
        time.sleep(0.02)
    enabled = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
    call("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set", enabled)


def main():
    wake_programs()
    Atspi.init()
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdin.reconfigure(encoding="utf-8")
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            said = answer(line.rstrip("\n"))
        except GLib.Error as error:
            # The page changed under the walk: whoever asks asks again.
            said = "gone " + error.message.replace("\n", " ")
        print(said, flush=True)


if __name__ == "__main__":
    main()
