# SPDX-License-Identifier: MIT
# One predicate a file: plugins/NAME.la is made of plugins/NAME.c, so that a new one is two lines here; the prose of its manual page
# is plugins/NAME.text. They reach the engine through the host table alone: no undefined symbol is left.
plugin_LTLIBRARIES += \
	plugins/checksums_ok.la \
	plugins/count_packets.la \
	plugins/did_not_see_dst_mac.la \
	plugins/did_not_see_packet.la \
	plugins/did_not_see_packet_equaling.la \
	plugins/did_not_see_src_mac.la \
	plugins/did_not_see_vlan.la \
	plugins/every_packet.la \
	plugins/in_order.la \
	plugins/max_gap.la \
	plugins/no_duplicates.la \
	plugins/packet_count.la \
	plugins/packet_count_was.la \
	plugins/packet_count_was_at_least.la \
	plugins/packet_count_was_less_than.la \
	plugins/rate_within.la \
	plugins/received_count_of.la \
	plugins/received_packet.la \
	plugins/saw_dst_mac.la \
	plugins/saw_exactly.la \
	plugins/saw_nothing.la \
	plugins/saw_on_each.la \
	plugins/saw_on_one.la \
	plugins/saw_packet.la \
	plugins/saw_packet_equaling.la \
	plugins/saw_src_mac.la \
	plugins/saw_vlan.la \
	plugins/spread_evenly.la \
	plugins/timed_out.la

# What predicates of a kind share.
noinst_HEADERS += \
	plugins/count.h \
	plugins/groups.h \
	plugins/look.h \
	plugins/mac.h \
	plugins/say.h \
	plugins/vlan.h

# What each has to say in its manual page.
EXTRA_DIST += $(plugin_LTLIBRARIES:.la=.text)

PLUGIN_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared $(NO_UNDEFINED)

plugins_checksums_ok_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_count_packets_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_did_not_see_dst_mac_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_did_not_see_packet_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_did_not_see_packet_equaling_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_did_not_see_src_mac_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_did_not_see_vlan_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_every_packet_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_in_order_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_max_gap_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_no_duplicates_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_packet_count_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_packet_count_was_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_packet_count_was_at_least_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_packet_count_was_less_than_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_rate_within_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_received_count_of_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_received_packet_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_dst_mac_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_exactly_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_nothing_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_on_each_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_on_one_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_packet_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_packet_equaling_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_src_mac_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_saw_vlan_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_spread_evenly_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_timed_out_la_LDFLAGS = $(PLUGIN_LDFLAGS)

# A page for each, from the plugin as it was built and from its prose, plugins/NAME.text.
EXTRA_DIST += $(plugin_LTLIBRARIES:.la=.text) plugins/COMING_FROM.md
if NATIVE
PREDICATE_PAGES = $(plugin_LTLIBRARIES:plugins/%.la=plugins/aptrace-%.7)
man7_MANS += $(PREDICATE_PAGES)
CLEANFILES += $(PREDICATE_PAGES)
$(PREDICATE_PAGES): manual-make$(EXEEXT) $(plugin_LTLIBRARIES) $(plugin_LTLIBRARIES:.la=.text)
	$(AM_V_GEN)name=`echo '$(@F)' | sed 's/^aptrace-//; s/[.]7$$//'`; \
	./manual-make predicate "plugins/.libs/$$name.so" "$(srcdir)/plugins/$$name.text" $@
endif

# What aptrace-plugin new begins a plugin with.
templatecdir = $(templatedir)/c
dist_templatec_DATA = \
	plugins/template/c/Makefile \
	plugins/template/c/plugin_name.c
templatecxxdir = $(templatedir)/c++
dist_templatecxx_DATA = \
	plugins/template/c++/Makefile \
	plugins/template/c++/plugin_name.cc
templatecommondir = $(templatedir)/common
dist_templatecommon_DATA = \
	plugins/template/common/README.md \
	plugins/template/common/test_plugin_name.c
