"""Stands for xdg-desktop-portal: owns its name on the session bus and answers every file dialog as the command line says.

portal.py CODE [PATH]    CODE 0 chooses PATH, 1 cancels, 2 fails
"""

import pathlib
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

CHOOSER = "org.freedesktop.portal.FileChooser"
REQUEST = "org.freedesktop.portal.Request"


class Request(dbus.service.Object):
    @dbus.service.signal(REQUEST, signature="ua{sv}")
    def Response(self, code, results):
        pass

    @dbus.service.method(REQUEST)
    def Close(self):
        pass


class Portal(dbus.service.Object):
    def answer(self, sender, options):
        token = str(options.get("handle_token", "t"))
        path = f"/org/freedesktop/portal/desktop/request/{sender[1:].replace('.', '_')}/{token}"
        request = Request(self.connection, path)
        code = int(sys.argv[1])
        results = {}
        if code == 0:
            uri = pathlib.Path(sys.argv[2]).as_uri()
            results = {"uris": dbus.Array([uri], signature="s")}
        # The caller must have the handle before the signal comes.
        GLib.timeout_add(50, lambda: request.Response(dbus.UInt32(code), dbus.Dictionary(results, signature="sv")))
        return dbus.ObjectPath(path)

    @dbus.service.method(CHOOSER, in_signature="ssa{sv}", out_signature="o", sender_keyword="sender")
    def OpenFile(self, parent, title, options, sender=None):
        return self.answer(sender, options)

    @dbus.service.method(CHOOSER, in_signature="ssa{sv}", out_signature="o", sender_keyword="sender")
    def SaveFile(self, parent, title, options, sender=None):
        return self.answer(sender, options)

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return dbus.UInt32(4)


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName("org.freedesktop.portal.Desktop", bus)
portal = Portal(bus, "/org/freedesktop/portal/desktop")
print("ready", flush=True)
GLib.MainLoop().run()
