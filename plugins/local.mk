# SPDX-License-Identifier: MIT
# One predicate a file. They reach the engine through the host table alone: no undefined symbol is left.
PREDICATES = \
	packet_count \
	packet_count_was \
	received_packet \
	saw_dst_mac \
	saw_nothing \
	saw_src_mac \
	saw_vlan

plugin_LTLIBRARIES += \
	plugins/packet_count.la \
	plugins/packet_count_was.la \
	plugins/received_packet.la \
	plugins/saw_dst_mac.la \
	plugins/saw_nothing.la \
	plugins/saw_src_mac.la \
	plugins/saw_vlan.la

# A sanitised plugin takes its undefined symbols from the program.
if SANITIZED
PLUGIN_DEFS =
else
PLUGIN_DEFS = -no-undefined -Wl,-z,defs
endif
PLUGIN_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared $(PLUGIN_DEFS)

plugins_packet_count_la_SOURCES = plugins/packet_count.c
plugins_packet_count_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_packet_count_was_la_SOURCES = plugins/packet_count_was.c
plugins_packet_count_was_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_received_packet_la_SOURCES = plugins/received_packet.c
plugins_received_packet_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_dst_mac_la_SOURCES = plugins/saw_dst_mac.c plugins/mac.h
plugins_saw_dst_mac_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_nothing_la_SOURCES = plugins/saw_nothing.c
plugins_saw_nothing_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_src_mac_la_SOURCES = plugins/saw_src_mac.c plugins/mac.h
plugins_saw_src_mac_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_vlan_la_SOURCES = plugins/saw_vlan.c
plugins_saw_vlan_la_LDFLAGS = $(PLUGIN_LDFLAGS)

# A plugin is loaded by its .so; libtool's description of it is of no use to anybody.
install-data-hook:
	for plugin in $(PREDICATES); do rm -f "$(DESTDIR)$(plugindir)/$$plugin.la"; done

uninstall-hook:
	for plugin in $(PREDICATES); do rm -f "$(DESTDIR)$(plugindir)/$$plugin.so"; done
	-rmdir "$(DESTDIR)$(plugindir)" "$(DESTDIR)$(libdir)/aptrace"
