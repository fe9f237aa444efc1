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

check_PROGRAMS += unit-tests

unit_tests_SOURCES = \
	tests/unit/fake.c \
	tests/unit/fake.h \
	tests/unit/main.c \
	tests/unit/suites.h \
	tests/unit/test_document.c \
	tests/unit/test_engine.c \
	tests/unit/test_layers.c \
	tests/unit/test_plugin_load.c \
	tests/unit/test_report.c \
	tests/unit/test_timeline.c \
	tests/unit/test_verdict.c \
	tests/unit/test_words.c
unit_tests_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"' -DTEST_BUILD_DIR='"$(abs_top_builddir)"'
unit_tests_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_tests_LDADD = libreport.la libcore.la $(CHECK_LIBS)

SHELL_TESTS = \
	tests/abi/common.sh \
	tests/abi/compile-matrix.sh \
	tests/abi/interpose.sh \
	tests/abi/layout.sh \
	tests/abi/loader.sh \
	tests/abi/refused.sh \
	tests/cli/includes.sh \
	tests/cli/readme.sh \
	tests/traces.sh
TESTS += unit-tests $(SHELL_TESTS)
EXTRA_DIST += $(SHELL_TESTS)

# make bench: speed, side by side with other programs; not part of make check.
EXTRA_PROGRAMS = bench-frames
bench_frames_SOURCES = tests/bench/frames.c
CLEANFILES += bench-frames
EXTRA_DIST += tests/bench/replay.sh

.PHONY: bench
bench: all bench-frames
	builddir='$(abs_top_builddir)' APTRACE_PLUGIN_PATH='$(abs_top_builddir)/plugins/.libs' $(SHELL) -c '$(abs_top_srcdir)/tests/bench/replay.sh'
