# SPDX-License-Identifier: MIT
# The command and the project's own tools. Reports are a library of their own, so that tests can link them.
bin_PROGRAMS += aptrace aptrace-plugin
noinst_LTLIBRARIES += libreport.la
noinst_PROGRAMS += manual-make trace-make

libreport_la_SOURCES = \
	tools/report.h \
	tools/report_json.c \
	tools/report_junit.c \
	tools/report_tap.c
libreport_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(MXML_CFLAGS)
libreport_la_LIBADD = $(JSON_LIBS) $(MXML_LIBS)

aptrace_SOURCES = \
	tools/aptrace.c \
	tools/command_line.c \
	tools/command_line.h \
	tools/describe.c \
	tools/describe.h \
	tools/describe_fields.c \
	tools/help.c \
	tools/help.h \
	tools/monitor.c \
	tools/monitor.h \
	tools/plugin_words.c \
	tools/plugin_words.h \
	tools/progress.c \
	tools/progress.h \
	tools/words_file.c \
	tools/words_file.h \
	tools/wrong_end.c \
	tools/wrong_end.h
aptrace_LDADD = libreport.la libcore.la

aptrace_plugin_SOURCES = \
	tools/aptrace_plugin.c \
	tools/packet_pages.c \
	tools/packet_pages.h \
	tools/plugin_new.c \
	tools/plugin_new.h \
	tools/prove.c \
	tools/prove.h \
	tools/prove_file.c \
	tools/prove_hostile.c \
	tools/prove_orders.c \
	tools/prove_packets.c \
	tools/prove_parts.h \
	tools/prove_play.c \
	tools/prove_table.c \
	tools/prove_words.c
aptrace_plugin_CPPFLAGS = $(AM_CPPFLAGS) -DAPTRACE_TEMPLATE_DIR='"$(templatedir)"'
aptrace_plugin_LDADD = libframe.la libcore.la

manual_make_SOURCES = \
	tools/manual_make.c \
	tools/manual_make.h \
	tools/manual_make_fields.c \
	tools/manual_make_predicate.c \
	tools/manual_make_prose.c \
	tools/manual_make_roff.c \
	tools/plugin_words.c \
	tools/plugin_words.h
manual_make_LDADD = libcore.la

# Frames from words, which trace-make, the fake host and aptrace-plugin make.
noinst_LTLIBRARIES += libframe.la
libframe_la_SOURCES = \
	tools/frame_text.c \
	tools/frame_text.h \
	tools/trace_make.h \
	tools/trace_make_bytes.c \
	tools/trace_make_frame.c \
	tools/trace_make_words.c

# The fake host of <aptrace/fake.h>: a part of libaptrace.
noinst_LTLIBRARIES += libfake.la
libfake_la_SOURCES = \
	tools/fake.c \
	tools/fake.h \
	tools/fake_host.c \
	tools/packet_pages.c \
	tools/packet_pages.h
libfake_la_LIBADD = libframe.la

trace_make_SOURCES = \
	tools/trace_make.c \
	tools/trace_make_script.c \
	tools/trace_make_sink.c \
	tools/trace_make_trace.c
trace_make_CFLAGS = $(AM_CFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS)
trace_make_LDADD = libframe.la $(ZLIB_LIBS) $(ZSTD_LIBS)

EXTRA_DIST += .ci/run tools/aptrace-plugin.bash tools/aptrace.bash tools/bootstrap tools/build tools/check tools/demo tools/setup
