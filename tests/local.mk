# SPDX-License-Identifier: MIT
# make check: unit suites, the traces, the command, the ABI. All speak TAP. tests/bench is run by hand.
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/tools/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
TEST_EXTENSIONS = .sh

AM_TESTS_ENVIRONMENT = \
	srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' \
	APTRACE='$(abs_top_builddir)/aptrace' TRACE_MAKE='$(abs_top_builddir)/trace-make' \
	APTRACE_PLUGIN_PATH='$(abs_top_builddir)/plugins/.libs' CC='$(CC)' CXX='$(CXX)' SANITIZE='$(SANITIZE)'; \
	export srcdir builddir APTRACE TRACE_MAKE APTRACE_PLUGIN_PATH CC CXX SANITIZE;

check_PROGRAMS += unit-tests fake-tests live-traffic live-relay library-tests print-checksums

live_traffic_SOURCES = tests/live/traffic.c
live_relay_SOURCES = tests/live/relay.c

library_tests_SOURCES = \
	tests/live/library.c \
	tests/live/library.h \
	tests/live/library_common.c \
	tests/live/library_errors.c \
	tests/live/library_holes.c \
	tests/live/library_live.c \
	tests/live/library_replay.c \
	tests/live/library_threads.c \
	tests/live/library_windows.c
library_tests_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
library_tests_LDADD = libaptrace.la $(CHECK_LIBS)

print_checksums_SOURCES = tests/cli/checksums.c
print_checksums_LDADD = libcore.la

unit_tests_SOURCES = \
	tests/unit/fake.c \
	tests/unit/fake.h \
	tests/unit/fake_port.c \
	tests/unit/fake_port.h \
	tests/unit/main.c \
	tests/unit/packets.c \
	tests/unit/packets.h \
	tests/unit/recording_script.c \
	tests/unit/recording_script.h \
	tests/unit/suites.h \
	tests/unit/test_check.c \
	tests/unit/test_checksum.c \
	tests/unit/test_document.c \
	tests/unit/test_elsewhere.c \
	tests/unit/test_engine.c \
	tests/unit/test_erf_reader.c \
	tests/unit/test_error.c \
	tests/unit/test_expectation.c \
	tests/unit/test_expectation_stored.c \
	tests/unit/test_expected.c \
	tests/unit/test_field.c \
	tests/unit/test_filter.c \
	tests/unit/test_groups.c \
	tests/unit/test_guard.c \
	tests/unit/test_in_place.c \
	tests/unit/test_layers.c \
	tests/unit/test_live.c \
	tests/unit/test_memory.c \
	tests/unit/test_number.c \
	tests/unit/test_parameter.c \
	tests/unit/test_pcap_reader.c \
	tests/unit/test_pcapng_reader.c \
	tests/unit/test_plugin_load.c \
	tests/unit/test_record_reader.c \
	tests/unit/test_recorder.c \
	tests/unit/test_recording.c \
	tests/unit/test_report.c \
	tests/unit/test_snoop_reader.c \
	tests/unit/test_source.c \
	tests/unit/test_stream.c \
	tests/unit/test_suggest.c \
	tests/unit/test_text.c \
	tests/unit/test_timeline.c \
	tests/unit/test_verdict.c \
	tests/unit/test_wanted.c \
	tests/unit/test_wanted_bytes.c \
	tests/unit/test_wanted_file.c \
	tests/unit/test_wanted_near.c \
	tests/unit/test_words.c \
	tests/unit/trace_bytes.c \
	tests/unit/trace_bytes.h
unit_tests_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"' -DTEST_BUILD_DIR='"$(abs_top_builddir)"'
unit_tests_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_tests_LDADD = libreport.la libcore.la $(CHECK_LIBS)

fake_tests_SOURCES = tests/unit/fake_tests.c
fake_tests_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_BUILD_DIR='"$(abs_top_builddir)"'
fake_tests_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
fake_tests_LDADD = libfake.la libcore.la $(CHECK_LIBS)

SHELL_TESTS = \
	tests/abi/compile-matrix.sh \
	tests/abi/differences.sh \
	tests/abi/growth.sh \
	tests/abi/interpose.sh \
	tests/abi/kept.sh \
	tests/abi/layout.sh \
	tests/abi/loader.sh \
	tests/abi/refused.sh \
	tests/cli/captures.sh \
	tests/cli/checksums.sh \
	tests/cli/coming_from.sh \
	tests/cli/completion.sh \
	tests/cli/damage.sh \
	tests/cli/faults.sh \
	tests/cli/fields.sh \
	tests/cli/forms.sh \
	tests/cli/includes.sh \
	tests/cli/install.sh \
	tests/cli/library.sh \
	tests/cli/manuals-c.sh \
	tests/cli/manuals.sh \
	tests/cli/memory.sh \
	tests/cli/options.sh \
	tests/cli/plugin-check.sh \
	tests/cli/plugin-new.sh \
	tests/cli/plugin-refused.sh \
	tests/cli/predicates.sh \
	tests/cli/readme.sh \
	tests/cli/reasons.sh \
	tests/cli/reports.sh \
	tests/cli/trace-make.sh \
	tests/cli/usage.sh \
	tests/cli/wanted-files.sh \
	tests/live/basic.sh \
	tests/live/determinism.sh \
	tests/live/faults.sh \
	tests/live/library.sh \
	tests/live/privileges.sh \
	tests/live/readme.sh \
	tests/live/record.sh \
	tests/traces.sh
TESTS += unit-tests fake-tests $(SHELL_TESTS)
TEST_FILES = \
	tests/abi/common.sh \
	tests/abi/exported \
	tests/abi/fixtures/all_callbacks.c \
	tests/abi/fixtures/apart_callbacks.c \
	tests/abi/fixtures/apart_descriptor.c \
	tests/abi/fixtures/crooked.c \
	tests/abi/fixtures/eight_bytes.c \
	tests/abi/fixtures/faults.c \
	tests/abi/fixtures/finish_only.c \
	tests/abi/fixtures/function.c \
	tests/abi/fixtures/no_descriptor.c \
	tests/abi/fixtures/not_utf8.c \
	tests/abi/fixtures/opens_library.c \
	tests/abi/fixtures/packet_only.c \
	tests/abi/fixtures/parameters.c \
	tests/abi/fixtures/returns_two.c \
	tests/abi/fixtures/stop_only.c \
	tests/abi/fixtures/takers.c \
	tests/abi/fixtures/undefined.c \
	tests/abi/fixtures/uses_fake.c \
	tests/abi/fixtures/uses_library.c \
	tests/abi/fixtures/wanted.c \
	tests/abi/fixtures/wrong_value.c \
	tests/abi/layout.c \
	tests/abi/layout.golden \
	tests/abi/load.c \
	tests/abi/plugin_side.c \
	tests/abi/refused/format.c \
	tests/abi/refused/misspelt.c \
	tests/abi/refused/namespace.c \
	tests/abi/refused/near_format.c \
	tests/abi/refused/out_of_order.c \
	tests/abi/refused/overload_after.c \
	tests/abi/refused/overload_before.c \
	tests/abi/refused/state_with_string.c \
	tests/abi/refused/static_callback.c \
	tests/abi/refused/two_predicates.c \
	tests/abi/refused/writes_packet.c \
	tests/abi/refused/wrong_argument.c \
	tests/abi/refused/wrong_match.c \
	tests/abi/refused/wrong_member.c \
	tests/abi/refused/wrong_return.c \
	tests/abi/refused/wrong_wanted.c \
	tests/abi/stored/libaptrace.abixml \
	tests/abi/stored/plugin.abixml \
	tests/abi/takers.h \
	tests/cli/installed \
	tests/cli/lib.sh \
	tests/cli/plugin-refused.c \
	tests/live/lib.sh \
	tests/live/million.sh

EXTRA_DIST += $(SHELL_TESTS) $(TEST_FILES) tests/abi/binaries tests/predicates

# Header fields against tshark, on all captures.
.PHONY: check-fields
check-fields: all
	$(AM_TESTS_ENVIRONMENT) FIELDS=all; export FIELDS; '$(abs_top_srcdir)/tests/cli/fields.sh'

# The live tests at length: as many runs as RUNS says, from seed SEED on; a million frames.
RUNS = 200
SEED = 1
.PHONY: check-determinism check-million
check-determinism: all live-traffic live-relay
	$(AM_TESTS_ENVIRONMENT) RUNS='$(RUNS)'; SEED='$(SEED)'; export RUNS SEED; '$(abs_top_srcdir)/tests/live/determinism.sh'
check-million: all live-traffic
	$(AM_TESTS_ENVIRONMENT) '$(abs_top_srcdir)/tests/live/million.sh'

# make bench: speed, side by side with other programs; not part of make check.
EXTRA_PROGRAMS = bench-frames
bench_frames_SOURCES = tests/bench/frames.c
CLEANFILES += bench-frames
EXTRA_DIST += tests/bench/nearest.sh tests/bench/replay.sh

.PHONY: bench
bench: all bench-frames
	builddir='$(abs_top_builddir)' APTRACE_PLUGIN_PATH='$(abs_top_builddir)/plugins/.libs' $(SHELL) -c '$(abs_top_srcdir)/tests/bench/replay.sh'
	builddir='$(abs_top_builddir)' APTRACE_PLUGIN_PATH='$(abs_top_builddir)/plugins/.libs' $(SHELL) -c '$(abs_top_srcdir)/tests/bench/nearest.sh'
