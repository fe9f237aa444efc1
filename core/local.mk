# SPDX-License-Identifier: MIT
# The engine, without a command line. Tests and the command link it as it is, so that the command needs no library of aptrace's own
# to be found; for programs it is libaptrace.
noinst_LTLIBRARIES += libcore.la

libcore_la_SOURCES = \
	core/batch.h \
	core/capture.c \
	core/capture.h \
	core/checksum.c \
	core/checksum.h \
	core/context.c \
	core/context.h \
	core/context_result.c \
	core/context_setup.c \
	core/dispatch.c \
	core/dispatch.h \
	core/document.c \
	core/document.h \
	core/elsewhere.c \
	core/elsewhere.h \
	core/engine.c \
	core/engine.h \
	core/erf_reader.c \
	core/error.c \
	core/error.h \
	core/expectation.c \
	core/expectation.h \
	core/expectation_calls.c \
	core/expectation_calls.h \
	core/expectation_stored.c \
	core/expectation_stored.h \
	core/expectation_words.c \
	core/expectation_words.h \
	core/expected.c \
	core/expected.h \
	core/feed.h \
	core/field.h \
	core/field_find.c \
	core/field_read.c \
	core/field_table.c \
	core/field_text.c \
	core/filter.c \
	core/filter.h \
	core/filter_cut.c \
	core/filter_run.h \
	core/groups.c \
	core/groups.h \
	core/guard.c \
	core/guard.h \
	core/hole.c \
	core/hole.h \
	core/host.c \
	core/host.h \
	core/host_question.c \
	core/host_question.h \
	core/host_wanted.c \
	core/host_wanted.h \
	core/ip_extension.h \
	core/launcher.c \
	core/launcher.h \
	core/layers.c \
	core/layers.h \
	core/layers_decode.h \
	core/layers_link.c \
	core/layers_network.c \
	core/layers_tunnel.c \
	core/link_state.c \
	core/link_state.h \
	core/live.c \
	core/live.h \
	core/live_clock.c \
	core/live_clock.h \
	core/live_merge.c \
	core/live_parts.h \
	core/live_port.c \
	core/live_port.h \
	core/live_ring.c \
	core/live_ring.h \
	core/live_round.c \
	core/memory.c \
	core/memory.h \
	core/netns.c \
	core/netns.h \
	core/notes.c \
	core/notes.h \
	core/number.c \
	core/number.h \
	core/parameter.c \
	core/parameter.h \
	core/parameter_check.c \
	core/parameter_kind.c \
	core/parameter_match.c \
	core/parameter_reading.h \
	core/parameter_value.c \
	core/pcap_reader.c \
	core/pcapng_block.c \
	core/pcapng_block.h \
	core/pcapng_reader.c \
	core/pcapng_sources.c \
	core/pcapng_sources.h \
	core/plugin_check.c \
	core/plugin_check.h \
	core/plugin_file.c \
	core/plugin_file.h \
	core/plugin_find.c \
	core/plugin_find.h \
	core/plugin_load.c \
	core/plugin_load.h \
	core/plugin_suggest.c \
	core/plugin_suggest.h \
	core/privileges.c \
	core/privileges.h \
	core/reader.c \
	core/reader.h \
	core/reader_formats.h \
	core/record_reader.c \
	core/record_reader.h \
	core/recorder.c \
	core/recorder.h \
	core/recorder_blocks.c \
	core/recorder_blocks.h \
	core/recorder_queue.c \
	core/recorder_queue.h \
	core/recording.c \
	core/recording.h \
	core/report_hint.c \
	core/report_hint.h \
	core/report_phrase.c \
	core/report_phrase.h \
	core/report_text.c \
	core/report_text.h \
	core/report_text_expectation.c \
	core/report_text_nearest.c \
	core/report_text_parts.h \
	core/run.c \
	core/run.h \
	core/signals.c \
	core/signals.h \
	core/snoop_reader.c \
	core/source.c \
	core/source.h \
	core/stream.c \
	core/stream.h \
	core/suggest.c \
	core/suggest.h \
	core/text.c \
	core/text.h \
	core/timeline.c \
	core/timeline.h \
	core/unpack.c \
	core/unpack.h \
	core/verdict.c \
	core/verdict.h \
	core/wanted.h \
	core/wanted_bytes.c \
	core/wanted_file.c \
	core/wanted_file.h \
	core/wanted_keys.c \
	core/wanted_match.c \
	core/wanted_near.c \
	core/wanted_parts.h \
	core/words.c \
	core/words.h
libcore_la_CPPFLAGS = $(AM_CPPFLAGS) -DAPTRACE_PLUGIN_DIR='"$(plugindir)"'
libcore_la_CFLAGS = $(AM_CFLAGS) $(CAPNG_CFLAGS) $(JSON_CFLAGS) $(PCAP_CFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS)
libcore_la_LIBADD = $(CAPNG_LIBS) $(JSON_LIBS) $(PCAP_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS) -ldl

# What programs may call stands in the map. At a release that adds functions: CURRENT and AGE up by one, REVISION 0, and the new names
# in a node of their own. One that changes nothing of them: REVISION up. One that takes something away or changes it: CURRENT up,
# AGE and REVISION 0, which makes another library, libaptrace.so.2. It stays loaded, as its handlers of faults do.
lib_LTLIBRARIES += libaptrace.la
libaptrace_la_SOURCES =
libaptrace_la_LIBADD = libfake.la libcore.la
libaptrace_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 $(NO_UNDEFINED) -Wl,-z,nodelete \
	-Wl,--version-script='$(srcdir)/core/libaptrace.map'
EXTRA_libaptrace_la_DEPENDENCIES = core/libaptrace.map
EXTRA_DIST += core/aptrace.pc.in core/libaptrace.map

aptraceincludedir = $(includedir)/aptrace
aptraceinclude_HEADERS = \
	core/include/aptrace/aptrace.h \
	core/include/aptrace/check.h \
	core/include/aptrace/decode.h \
	core/include/aptrace/fake.h \
	core/include/aptrace/packet.h \
	core/include/aptrace/plugin.h \
	core/include/aptrace/predicate.h \
	core/include/aptrace/wanted.h

# The page of the header fields, from their table and the rest of it.
EXTRA_DIST += core/aptrace-fields.7.in
if NATIVE
man7_MANS += core/aptrace-fields.7
CLEANFILES += core/aptrace-fields.7
core/aptrace-fields.7: core/aptrace-fields.7.in manual-make$(EXEEXT)
	$(AM_V_GEN)./manual-make fields '$(srcdir)/core/aptrace-fields.7.in' $@
endif
