/* SPDX-License-Identifier: MIT */
/* Documents built by hand and the reports they must give, to the byte. The texts wanted are written here as a person would
 * write them from the layout agreed on; none was made by the code under test. Documents with hostile texts are read back by
 * json-c and Mini-XML: what they hold must survive, and stay valid. */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <mxml.h>

#include "core/document.h"
#include "suites.h"
#include "tools/report.h"

static const struct report_style plain;

typedef int report_function(FILE *file, const struct document *document, const struct report_style *style);

static char *write_report(report_function *report, const struct document *document, const struct report_style *style)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&bytes, &length);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(report(file, document, style), 0);
    fclose(file);
    return bytes;
}

static void expect_report(report_function *report, const struct document *document, const struct report_style *style,
                          const char *wanted)
{
    char *got = write_report(report, document, style);
    ck_assert_str_eq(got, wanted);
    free(got);
}

/* The report holds this piece. */
static void expect_piece(report_function *report, const struct document *document, const struct report_style *style,
                         const char *piece)
{
    char *got = write_report(report, document, style);
    ck_assert_msg(strstr(got, piece) != NULL, "no \"%s\" in:\n%s", piece, got);
    free(got);
}

static void expect_no_piece(report_function *report, const struct document *document, const struct report_style *style,
                            const char *piece)
{
    char *got = write_report(report, document, style);
    ck_assert_msg(strstr(got, piece) == NULL, "\"%s\" in:\n%s", piece, got);
    free(got);
}

/* ---- Documents -------------------------------------------------------------------------------------------------------- */

static const char *const on_1[] = {"1"}, *const on_2[] = {"2"}, *const on_3[] = {"3"};
static struct document_source one_source[] = {
    {.name = "1", .link_type = "EN10MB", .packets = 22, .ended = "end of trace", .file = "traces/vlan.pcap"}};
static const struct document_parameter tag_102[] = {{"tag", "102"}};
static const struct document_packet third = {.source = "1", .number = 3, .time_ns = 123000, .frame = 3, .file = "vlan.pcap"};

static struct document_expectation seen(void)
{
    return (struct document_expectation){
        .label = "saw_vlan tag=102", .plugin = "saw_vlan", .parameters = tag_102, .parameter_count = 1, .on = on_1, .on_count = 1,
        .direction = "in", .expected = "true", .verdict = VERDICT_PASS, .has_value = true, .value = aptrace_bool(true),
        .has_opens = true, .packets = 3, .reason = "stopped", .finish_ns = 123000, .finish_packet = &third,
        .words = "saw_vlan tag=102", .options = ""};
}

static struct document_expectation counted(void)
{
    struct document_expectation expectation = seen();
    expectation.label = "all arrive";
    expectation.plugin = "packet_count";
    expectation.parameters = NULL;
    expectation.parameter_count = 0;
    expectation.expected = "21";
    expectation.verdict = VERDICT_FAIL;
    expectation.value = aptrace_uint(18);
    expectation.packets = 18;
    expectation.reason = "ended";
    expectation.finish_ns = 430000000;
    expectation.finish_packet = NULL;
    expectation.named = true;
    expectation.words = "packet_count";
    expectation.options = "--expect 21 --name 'all arrive'";
    return expectation;
}

static struct document of(struct document_expectation *expectations, size_t count)
{
    return (struct document){.verdict = VERDICT_PASS, .sources = one_source, .source_count = 1, .expectations = expectations,
                             .expectation_count = count, .end_ns = 430000000, .packets = 22,
                             .sources_words = "--replay 1=traces/vlan.pcap"};
}

/* What the design shows: a rewritten packet that is wrong in one byte, and a silence that a drop makes worthless. */
static const struct document_parameter rewritten_parameters[] = {
    {"eth.src", "00:aa:bb:00:00:01"}, {"eth.dst", "00:04:00:00:00:02"}, {"ip.dst", "10.0.1.10"}, {"ip.ttl", "63"}};
static const struct document_packet rewritten_nearest = {
    .source = "2", .number = 1, .time_ns = 653000, .frame = 1, .file = "s1-eth2_out.pcap"};
static const struct document_difference rewritten_difference = {"eth.dst", "00:04:00:00:00:02", "00:04:00:00:00:01"};
static const struct document_parameter leaks_parameters[] = {{"ip.src", "10.0.0.0/8"}};
static const struct document_hole leaks_hole = {.source = "3", .kind = "drop", .packets = 412, .from_ns = 2113000000,
                                                .to_ns = 2131000000, .text = "its ring of 8 MiB was full"};
static struct document_source two_sources[] = {
    {.name = "2", .link_type = "EN10MB", .packets = 21, .ended = "end of trace", .file = "out/s1-eth2_out.pcap"},
    {.name = "3", .link_type = "EN10MB", .packets = 1204551, .dropped = 412}};

static struct document switch_run(struct document_expectation expectations[2])
{
    expectations[0] = (struct document_expectation){
        .label = "rewritten for host 2", .plugin = "saw_packet", .parameters = rewritten_parameters, .parameter_count = 4,
        .on = on_2, .on_count = 1, .direction = "in", .expected = "true", .verdict = VERDICT_FAIL, .has_value = true,
        .value = aptrace_bool(false), .has_opens = true, .packets = 21, .reason = "ended", .finish_ns = 430000000,
        .explanation = "None of 21 packets matched.", .nearest = &rewritten_nearest, .nearest_distance = 1,
        .nearest_text = "eth.src, ip.dst, ip.ttl match", .differences = &rewritten_difference, .difference_count = 1,
        .nearest_same = 20,
        .named = true, .words = "saw_packet eth.src=00:aa:bb:00:00:01 eth.dst=00:04:00:00:00:02 ip.dst=10.0.1.10 ip.ttl=63",
        .options = "--on 2 --name 'rewritten for host 2'"};
    expectations[1] = (struct document_expectation){
        .label = "nothing leaks to 3", .plugin = "did_not_see_packet", .parameters = leaks_parameters, .parameter_count = 1,
        .on = on_3, .on_count = 1, .direction = "in", .expected = "true", .verdict = VERDICT_INCONCLUSIVE, .has_value = true,
        .value = aptrace_bool(true), .has_opens = true, .has_closes = true, .closes_ns = 5000000000, .packets = 1204551,
        .reason = "timed out", .finish_ns = 5000000000, .explanation = "None in 1,204,551 packets.", .holes = &leaks_hole,
        .hole_count = 1, .named = true, .words = "did_not_see_packet ip.src=10.0.0.0/8",
        .options = "--on 3 --timeout 5s --name 'nothing leaks to 3'"};
    return (struct document){.verdict = VERDICT_FAIL, .sources = two_sources, .source_count = 2, .expectations = expectations,
                             .expectation_count = 2, .end_ns = 5000000000, .packets = 1204572, .dropped = 412,
                             .sources_words = "--replay 2=out/s1-eth2_out.pcap --live 3=veth3"};
}

/* ---- json ------------------------------------------------------------------------------------------------------------- */

START_TEST(json_of_one_pass)
{
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    expect_report(report_json, &document, &plain,
                  "{\n"
                  "  \"schema\": 1,\n"
                  "  \"verdict\": \"pass\",\n"
                  "  \"sources\": [\n"
                  "    {\n"
                  "      \"name\": \"1\",\n"
                  "      \"link_type\": \"EN10MB\",\n"
                  "      \"packets\": 22,\n"
                  "      \"dropped\": 0,\n"
                  "      \"late\": 0,\n"
                  "      \"ended\": \"end of trace\"\n"
                  "    }\n"
                  "  ],\n"
                  "  \"expectations\": [\n"
                  "    {\n"
                  "      \"label\": \"saw_vlan tag=102\",\n"
                  "      \"plugin\": \"saw_vlan\",\n"
                  "      \"parameters\": {\n"
                  "        \"tag\": \"102\"\n"
                  "      },\n"
                  "      \"on\": [\n"
                  "        \"1\"\n"
                  "      ],\n"
                  "      \"direction\": \"in\",\n"
                  "      \"filter\": null,\n"
                  "      \"after\": null,\n"
                  "      \"expected\": \"true\",\n"
                  "      \"verdict\": \"pass\",\n"
                  "      \"value\": true,\n"
                  "      \"window\": {\n"
                  "        \"opens_ns\": 0,\n"
                  "        \"closes_ns\": null\n"
                  "      },\n"
                  "      \"packets\": 3,\n"
                  "      \"finish\": {\n"
                  "        \"reason\": \"stopped\",\n"
                  "        \"time_ns\": 123000,\n"
                  "        \"packet\": {\n"
                  "          \"source\": \"1\",\n"
                  "          \"number\": 3,\n"
                  "          \"time_ns\": 123000\n"
                  "        }\n"
                  "      },\n"
                  "      \"explanation\": null,\n"
                  "      \"nearest\": null,\n"
                  "      \"cited\": [],\n"
                  "      \"holes\": [],\n"
                  "      \"likely\": []\n"
                  "    }\n"
                  "  ],\n"
                  "  \"command\": null,\n"
                  "  \"clock\": {\n"
                  "    \"end_ns\": 430000000\n"
                  "  }\n"
                  "}\n");
}
END_TEST

START_TEST(json_of_nothing)
{
    struct document document = {.verdict = VERDICT_PASS, .has_command = true, .command_status = 2};
    expect_report(report_json, &document, &plain,
                  "{\n  \"schema\": 1,\n  \"verdict\": \"pass\",\n  \"sources\": [],\n  \"expectations\": [],\n"
                  "  \"command\": {\n    \"status\": 2\n  },\n  \"clock\": {\n    \"end_ns\": 0\n  }\n}\n");
}
END_TEST

START_TEST(json_of_nearest_cited_and_holes)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    expectations[0].cited = &rewritten_nearest;
    expectations[0].cited_count = 1;
    expect_piece(report_json, &document, &plain,
                 "      \"nearest\": {\n        \"source\": \"2\",\n        \"number\": 1,\n        \"time_ns\": 653000,\n"
                 "        \"distance\": 1,\n        \"text\": \"eth.src, ip.dst, ip.ttl match\",\n        \"differences\": [\n"
                 "          {\n            \"field\": \"eth.dst\",\n            \"wanted\": \"00:04:00:00:00:02\",\n"
                 "            \"got\": \"00:04:00:00:00:01\"\n          }\n        ],\n        \"same\": 20\n      },\n"
                 "      \"cited\": [\n        {\n          \"source\": \"2\",\n          \"number\": 1,\n"
                 "          \"time_ns\": 653000\n        }\n      ],\n      \"holes\": [],\n      \"likely\": []\n");
    expect_piece(report_json, &document, &plain,
                 "      \"holes\": [\n        {\n          \"source\": \"3\",\n          \"kind\": \"drop\",\n"
                 "          \"packets\": 412,\n          \"from_ns\": 2113000000,\n          \"to_ns\": 2131000000,\n"
                 "          \"text\": \"its ring of 8 MiB was full\"\n        }\n      ],\n");
    expect_piece(report_json, &document, &plain, "\"opens_ns\": 0,\n        \"closes_ns\": 5000000000\n");
}
END_TEST

static const struct document_likely likely[] = {
    {.text = "it was seen on 3: 3#5 at +0.100 s", .cause = "it was seen on 3",
     .packet = {.source = "3", .number = 5, .time_ns = 100000000, .frame = 5, .file = "x.pcap"}},
    {.text = "it came after the window had closed: 2#22 at +6.000 s", .cause = "it came after the window had closed",
     .packet = {.source = "2", .number = 22, .time_ns = 6000000000}, .of_whole_run = true}};

START_TEST(json_of_causes_in_the_window)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    expectations[0].nearest_same = DOCUMENT_SAME_UNKNOWN;
    expectations[0].likely = likely;
    expectations[0].likely_count = 2;
    expect_piece(report_json, &document, &plain,
                 "      \"holes\": [],\n      \"likely\": [\n        \"it was seen on 3: 3#5 at +0.100 s\"\n      ]\n    },\n");
    expect_piece(report_json, &document, &plain, "        ],\n        \"same\": null\n      },\n");
    expect_no_piece(report_json, &document, &plain, "x.pcap");
    expectations[0].likely = likely + 1;
    expectations[0].likely_count = 1;
    expect_piece(report_json, &document, &plain, "      \"likely\": []\n");
}
END_TEST

START_TEST(json_has_nothing_for_a_person)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    const char *note = "a note";
    document.notes = &note;
    document.note_count = 1;
    static const char *const absent[] = {"frame", "pcap", "out/", "--replay", "--name", "a note", "named", "words"};
    expect_no_piece(report_json, &document, &plain, absent[_i]);
}
END_TEST

static const struct { struct aptrace_value value; const char *wanted; } json_values[] = {
    {{APTRACE_TYPE_BOOL, 0, {.natural = 0}}, "false"},
    {{APTRACE_TYPE_INT, 0, {.integer = INT64_MIN}}, "-9223372036854775808"},
    {{APTRACE_TYPE_UINT, 0, {.natural = UINT64_MAX}}, "18446744073709551615"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = 0.1}}, "0.1"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = 3}}, "3.0"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = -0.0}}, "-0.0"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = 1.0 / 3}}, "0.3333333333333333"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = 0.1 + 0.2}}, "0.30000000000000004"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = 1e300}}, "1e+300"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = 123456789}}, "123456789.0"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = DBL_MIN}}, "2.2250738585072014e-308"},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = NAN}}, "\"nan\""},
    {{APTRACE_TYPE_DOUBLE, 0, {.real = -INFINITY}}, "\"-inf\""},
    {{APTRACE_TYPE_STRING, 0, {.text = "a \"b\" \\ /\n\x01"}}, "\"a \\\"b\\\" \\\\ /\\n\\u0001\""},
    {{APTRACE_TYPE_STRING, 0, {.text = "\xff\xc3\xa9\xc0\xaf"}}, "\"\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\""},
};

START_TEST(json_value)
{
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    char piece[128];
    expectation.value = json_values[_i].value;
    snprintf(piece, sizeof piece, "      \"value\": %s,\n", json_values[_i].wanted);
    expect_piece(report_json, &document, &plain, piece);
    expectation.has_value = false;
    expect_piece(report_json, &document, &plain, "      \"value\": null,\n");
}
END_TEST

/* Every text with every byte that a C string can hold. */
static struct document_expectation hostile(char bytes[256])
{
    struct document_expectation expectation = counted();
    for (int i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    bytes[255] = '\0';
    expectation.label = bytes;
    expectation.explanation = bytes;
    expectation.nearest = &rewritten_nearest;
    expectation.nearest_text = bytes;
    expectation.words = bytes;
    return expectation;
}

START_TEST(json_of_hostile_texts_reads_back)
{
    char bytes[256];
    struct document_expectation expectation = hostile(bytes);
    struct document document = of(&expectation, 1);
    char *got = write_report(report_json, &document, &plain);
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *read = json_tokener_parse_ex(tokener, got, (int)strlen(got)), *expectations, *label;
    ck_assert_int_eq(json_tokener_get_error(tokener), json_tokener_success);
    ck_assert(json_object_object_get_ex(read, "expectations", &expectations));
    ck_assert(json_object_object_get_ex(json_object_array_get_idx(expectations, 0), "label", &label));
    ck_assert_mem_eq(json_object_get_string(label), bytes, 127);
    json_object_put(read);
    json_tokener_free(tokener);
    free(got);
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------------------------------- */

START_TEST(text_of_a_failure_and_a_hole)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    expect_report(report_text, &document, &plain,
                  "FAIL  rewritten for host 2   on 2   +0.430 s, end of trace\n"
                  "      saw_packet eth.src=00:aa:bb:00:00:01 eth.dst=00:04:00:00:00:02 ip.dst=10.0.1.10 ip.ttl=63\n"
                  "      None of 21 packets matched. Nearest is 2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s:\n"
                  "        eth.dst   wanted 00:04:00:00:00:02\n"
                  "                  got    00:04:00:00:00:01     <- last byte\n"
                  "        eth.src, ip.dst, ip.ttl match\n"
                  "INCONCLUSIVE  nothing leaks to 3   on 3   window +0 s to +5.000 s\n"
                  "      did_not_see_packet ip.src=10.0.0.0/8: none in 1,204,551 packets, but the evidence has a hole:\n"
                  "        3: 412 packets dropped by the kernel, +2.113 s to +2.131 s (its ring of 8 MiB was full)\n"
                  "      Rerun with a larger --buffer.\n"
                  "again: aptrace --replay 2=out/s1-eth2_out.pcap --live 3=veth3 --plugin saw_packet eth.src=00:aa:bb:00:00:01 "
                  "eth.dst=00:04:00:00:00:02 ip.dst=10.0.1.10 ip.ttl=63 --on 2 --name 'rewritten for host 2' --plugin "
                  "did_not_see_packet ip.src=10.0.0.0/8 --on 3 --timeout 5s --name 'nothing leaks to 3'\n"
                  "1 failed, 1 inconclusive. 1,204,572 packets read, 412 dropped. Exit 1.\n");
}
END_TEST

START_TEST(text_of_passes)
{
    struct document_expectation expectations[4] = {seen(), counted(), counted(), counted()};
    struct document document = of(expectations, 4);
    for (size_t i = 1; i < 4; i++)
        expectations[i].verdict = VERDICT_PASS;
    expectations[1].expected = "18";
    expectations[2].expected = "10..20";
    expectations[3].expected = "any";
    expect_report(report_text, &document, &plain,
                  "PASS  saw_vlan tag=102   on 1   +0.000123 s, stopped by 1#3 (frame 3 of vlan.pcap)\n"
                  "PASS  all arrive   on 1   got 18   +0.430 s, end of trace\n"
                  "PASS  all arrive   on 1   got 18, wanted 10..20   +0.430 s, end of trace\n"
                  "PASS  all arrive   on 1   got 18   +0.430 s, end of trace\n"
                  "4 passed. 22 packets read, 0 dropped. Exit 0.\n");
}
END_TEST

START_TEST(text_puts_wanted_over_got)
{
    struct document_expectation expectations[2] = {seen(), counted()};
    struct document document = of(expectations, 2);
    expect_report(report_text, &document, &plain,
                  "PASS  saw_vlan tag=102   on 1   +0.000123 s, stopped by 1#3 (frame 3 of vlan.pcap)\n"
                  "FAIL  all arrive   on 1   +0.430 s, end of trace\n"
                  "      packet_count\n"
                  "      wanted 21\n"
                  "      got    18\n"
                  "again: aptrace --replay 1=traces/vlan.pcap --plugin packet_count --expect 21 --name 'all arrive'\n"
                  "1 failed, 1 passed. 22 packets read, 0 dropped. Exit 1.\n");
}
END_TEST

START_TEST(text_of_each_ending)
{
    static const struct { const char *reason; bool packet; const char *ended, *wanted; } cases[] = {
        {"stopped", true, NULL, "   +0.000123 s, stopped by 1#3 (frame 3 of vlan.pcap)\n"},
        {"counted", true, NULL, "   +0.000123 s, packet count reached at 1#3 (frame 3 of vlan.pcap)\n"},
        {"timed out", false, "end of trace", "   +0.000123 s, timed out\n"},
        {"ended", false, "end of trace", "   +0.000123 s, end of trace\n"},
        {"ended", false, "cut short", "   +0.000123 s, trace cut short\n"},
        {"ended", false, NULL, "   +0.000123 s, end of the run\n"},
        {"interrupted", false, NULL, "   +0.000123 s, interrupted\n"},
        {"plugin fault", true, NULL, "   +0.000123 s, plugin fault at 1#3 (frame 3 of vlan.pcap)\n"},
    };
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    struct document_source source = one_source[0];
    source.ended = cases[_i].ended;
    document.sources = &source;
    expectation.reason = cases[_i].reason;
    expectation.finish_packet = cases[_i].packet ? &third : NULL;
    expect_piece(report_text, &document, &plain, cases[_i].wanted);
}
END_TEST

START_TEST(text_of_a_window_that_never_opened)
{
    struct document_expectation expectations[3] = {seen(), counted(), seen()};
    struct document document = of(expectations, 3);
    expectations[0].label = "request";
    expectations[2].label = "reply";
    expectations[2].after = "request";
    expectations[2].options = "--after request";
    expectations[2].verdict = VERDICT_FAIL;
    expectations[2].has_opens = expectations[2].has_value = false;
    expectations[2].reason = "never opened";
    expectations[2].explanation = "never opened";
    expectations[1].verdict = VERDICT_PASS;
    expect_piece(report_text, &document, &plain,
                 "FAIL  reply   on 1   its window never opened: request did not stop\n"
                 "again: aptrace --replay 1=traces/vlan.pcap --plugin saw_vlan tag=102 "
                 "--plugin saw_vlan tag=102 --after request\n"
                 "1 failed, 2 passed.");
}
END_TEST

START_TEST(text_of_an_error)
{
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    expectation.verdict = VERDICT_ERROR;
    expectation.has_value = false;
    expectation.reason = "plugin fault";
    expectation.explanation = "on_packet: segmentation fault\nat address 0x0\n";
    expect_report(report_text, &document, &plain,
                  "ERROR  saw_vlan tag=102   on 1   +0.000123 s, plugin fault at 1#3 (frame 3 of vlan.pcap)\n"
                  "      on_packet: segmentation fault\n"
                  "      at address 0x0\n"
                  "again: aptrace --replay 1=traces/vlan.pcap --plugin saw_vlan tag=102\n"
                  "1 error. 22 packets read, 0 dropped. Exit 4.\n");
}
END_TEST

START_TEST(text_of_an_empty_window)
{
    struct document_expectation expectation = counted();
    struct document document = of(&expectation, 1);
    expectation.packets = 0;
    expectation.filter = "udp port 53";
    expect_piece(report_text, &document, &plain,
                 "      Looked at: 0 of the 22 packets read from 1 (window +0 s to +0.430 s, direction in, "
                 "filter udp port 53).\n");
    struct document_source silent = {.name = "1", .link_type = "EN10MB", .file = "a.pcap"};
    document.sources = &silent;
    expect_piece(report_text, &document, &plain, "      Looked at: none; there were 0 packets read from 1.\n");
}
END_TEST

START_TEST(text_of_holes)
{
    static const struct { const char *kind; uint64_t packets; const char *wanted; } cases[] = {
        {"drop", 1, "        1: 1 packet dropped at capture, +0.100 s to +0.200001 s (why)\n"},
        {"drop", 0, "        1: packets dropped at capture, +0.100 s to +0.200001 s (why)\n"},
        {"link", 0, "        1: the link was down, +0.100 s to +0.200001 s (why)\n"},
        {"late", 2, "        1: 2 packets came late, +0.100 s to +0.200001 s (why)\n"},
        {"cut short", 0, "        1: the trace is cut short, +0.100 s to +0.200001 s (why)\n"},
        {"unseen", 3, "        1: 3 packets captured too short, +0.100 s to +0.200001 s (why)\n"},
        {"a new kind", 3, "        1: a new kind, +0.100 s to +0.200001 s (why)\n"},
    };
    struct document_hole hole = {.source = "1", .kind = cases[_i].kind, .packets = cases[_i].packets, .from_ns = 100000000,
                                 .to_ns = 200001000, .text = "why"};
    struct document_expectation expectation = counted();
    struct document document = of(&expectation, 1);
    expectation.verdict = VERDICT_INCONCLUSIVE;
    expectation.holes = &hole;
    expectation.hole_count = 1;
    expect_piece(report_text, &document, &plain, cases[_i].wanted);
    expect_piece(report_text, &document, &plain,
                 "INCONCLUSIVE  all arrive   on 1   window +0 s to +0.430 s, end of trace\n"
                 "      packet_count: got 18, wanted 21, but the evidence has a hole:\n");
}
END_TEST

START_TEST(text_of_many_holes_and_a_moment)
{
    struct document_hole holes[2] = {{.source = "1", .kind = "gone", .from_ns = 5, .to_ns = 5, .text = ""},
                                     {.source = "1", .kind = "interrupted", .from_ns = 0, .to_ns = 1000, .text = "SIGINT"}};
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    expectation.verdict = VERDICT_INCONCLUSIVE;
    expectation.holes = holes;
    expectation.hole_count = 2;
    expect_piece(report_text, &document, &plain,
                 "      got true, wanted true, but the evidence has 2 holes:\n"
                 "        1: the interface was gone at +0.000000005 s\n"
                 "        1: the run was interrupted, +0 s to +0.000001 s (SIGINT)\n");
    expectation.verdict = VERDICT_PASS;
    expect_no_piece(report_text, &document, &plain, "hole");
    expect_piece(report_text, &document, &(struct report_style){.verbose = true},
                 "      This stands, although the evidence has 2 holes:\n");
}
END_TEST

START_TEST(text_names_up_to_four_sources)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    static const struct { size_t on, sources; const char *wanted; } cases[] = {
        {4, 4, "   on a, b, c, d   "}, {5, 5, "   on all 5 sources   "}, {5, 6, "   on a, b, c and 2 more   "}};
    struct document_source sources[6] = {{0}};
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    for (size_t i = 0; i < 6; i++)
        sources[i].name = names[i];
    document.sources = sources;
    document.source_count = cases[_i].sources;
    expectation.on = names;
    expectation.on_count = cases[_i].on;
    expect_piece(report_text, &document, &plain, cases[_i].wanted);
}
END_TEST

static const struct hint_case { struct document_difference differences[2]; const char *hint; } hint_cases[] = {
    {{{"eth.src", "0a:00:00:00:00:01", "00:00:00:00:00:01"}}, "first byte"},
    {{{"ip.dst", "10.0.1.1", "10.0.7.1"}}, "byte 3"},
    {{{"ip.ttl", "63", "64"}}, "one higher; likely it was not routed"},
    {{{"ip.ttl", "63", "62"}}, "one lower; likely it was routed once more"},
    {{{"inner.ipv6.hlim", "63", "64"}}, "one higher; likely it was not routed"},
    {{{"mpls.ttl#2", "63", "64"}}, "one higher; likely it was not routed"},
    {{{"udp.dstport", "53", "13568"}}, "its bytes swapped; likely a wrong byte order"},
    {{{"gre.key", "1", "16777216"}}, "its bytes swapped; likely a wrong byte order"},
    {{{"vlan.id", "5", "none"}}, "likely the VLAN tag is missing"},
    {{{"inner.vlan.id#2", "5", "none"}}, "likely the VLAN tag is missing"},
    {{{"vlan.id#1", "5", "none"}, {"vlan.id#2", "none", "5"}}, "it stands in the inner tag; likely the tags are in another order"},
    {{{"vlan.id#2", "5", "6"}, {"vlan.id#1", "6", "5"}}, "it stands in the outer tag; likely the tags are in another order"},
    {{{"vlan.id#2", "5", "none"}, {"inner.vlan.id#1", "6", "5"}}, "likely the VLAN tag is missing"},
    {{{"vlan.id#2", "5", "none"}, {"vlan.priority#1", "6", "5"}}, "likely the VLAN tag is missing"},
    {{{"eth.type", "0x8100", "0x0800"}}, "likely the VLAN tag is missing"},
    {{{"inner.eth.type", "0x0800", "0x88a8"}}, "likely a VLAN tag was left on"},
    {{{"frame.len", "46", "60"}}, "likely padded to 60 bytes, the least that Ethernet has"},
    {{{"frame.len", "..59", "60"}}, "likely padded to 60 bytes, the least that Ethernet has"},
    {{{"frame.len", "..1514", "2962"}}, "longer than an Ethernet frame; likely several packets, merged by offload"},
    {{{"udp.checksum", "0x1a2b", "0x3c4d (left to the card)"}}, "likely captured before the card had computed it"},
    /* Of these nothing is known. */
    {{{"eth.src", "0a:00:00:00:00:01", "00:00:00:00:00:02"}}, NULL},
    {{{"ip.ttl", "63", "none"}}, NULL},
    {{{"ip.ttl", "63", "65"}}, NULL},
    {{{"ip.ttl", "60..63", "64"}}, NULL},
    {{{"ip.dst", "10.0.1.0/24", "10.0.2.1"}}, NULL},
    {{{"udp.dstport", "53", "54"}}, NULL},
    {{{"vlan.id", "none", "5"}}, NULL},
    {{{"vlan.id", "5", "6"}, {"vlan.id#2", "6", "5"}}, NULL},
    {{{"eth.type", "0x0800", "0x86dd"}}, NULL},
    {{{"eth.type", "0x8100", "0x88a8"}}, NULL},
    {{{"frame.len", "60..", "59"}}, NULL},
    {{{"frame.len", "64", "60"}}, NULL},
    {{{"frame.len", "9000", "2962"}}, NULL},
    {{{"ip.len", "46", "60"}}, NULL},
    {{{"udp.checksum", "0x1a2b", "left to the card"}}, NULL},
};

static size_t count_differences(const struct hint_case *hint)
{
    return hint->differences[1].field ? 2 : 1;
}

START_TEST(text_hints)
{
    const struct hint_case *hint = &hint_cases[_i];
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    char piece[160];
    expectations[0].differences = hint->differences;
    expectations[0].difference_count = count_differences(hint);
    snprintf(piece, sizeof piece, "got    %s%s%s\n", hint->differences[0].got, hint->hint ? "     <- " : "", hint->hint ? hint->hint : "");
    expect_piece(report_text, &document, &plain, piece);
    snprintf(piece, sizeof piece, "%s: wanted %s, got %s%s%s%s", hint->differences[0].field, hint->differences[0].wanted,
             hint->differences[0].got, hint->hint ? " (" : "", hint->hint ? hint->hint : "", hint->hint ? ")" : "");
    expect_piece(report_tap, &document, &plain, piece);
    expect_piece(report_junit, &document, &plain, piece);
}
END_TEST

START_TEST(text_of_others_that_missed)
{
    static const struct document_difference two[] = {{"ip.ttl", "63", "9"}, {"ip.dst", "10.0.0.1", "11.1.1.1"}};
    static const struct { uint64_t same; size_t differences; bool verbose; const char *wanted; } cases[] = {
        {3, 1, false, "match\n      3 others missed by ip.ttl too.\n"}, {1, 1, false, "\n      1 other missed by ip.ttl too.\n"},
        {10, 2, false, "match\n      10 others missed by the same fields too.\n"}, {11, 2, false, NULL},
        {2000, 1, true, "match\n      2,000 others missed by ip.ttl too.\n"}, {0, 1, true, NULL},
        {DOCUMENT_SAME_UNKNOWN, 1, true, NULL}, {3, 0, false, "match\n      3 others missed in the same way.\n"}};
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    struct report_style style = {.verbose = cases[_i].verbose};
    expectations[0].differences = two;
    expectations[0].difference_count = cases[_i].differences;
    expectations[0].nearest_same = cases[_i].same;
    if (cases[_i].wanted)
        expect_piece(report_text, &document, &style, cases[_i].wanted);
    else
        expect_no_piece(report_text, &document, &style, " missed");
}
END_TEST

START_TEST(text_of_likely_causes)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    for (size_t i = 0; i < 2; i++) {
        expectations[i].likely = likely;
        expectations[i].likely_count = 2;
    }
    expect_piece(report_text, &document, &plain,
                 "        eth.src, ip.dst, ip.ttl match\n"
                 "      Likely: it was seen on 3: 3#5 (frame 5 of x.pcap) at +0.100 s.\n"
                 "      Likely: it came after the window had closed: 2#22 at +6.000 s.\n"
                 "INCONCLUSIVE");
    expect_piece(report_text, &document, &plain,
                 "(its ring of 8 MiB was full)\n"
                 "      Likely: it was seen on 3: 3#5 (frame 5 of x.pcap) at +0.100 s.\n"
                 "      Likely: it came after the window had closed: 2#22 at +6.000 s.\n"
                 "      Rerun");
    expect_piece(report_tap, &document, &plain,
                 "  likely:\n"
                 "    - text: \"it was seen on 3: 3#5 (frame 5 of x.pcap) at +0.100 s\"\n"
                 "    - text: \"it came after the window had closed: 2#22 at +6.000 s\"\n  ...\n");
    expect_piece(report_junit, &document, &plain,
                 "\nlikely: it was seen on 3: 3#5 (frame 5 of x.pcap) at +0.100 s\n"
                 "likely: it came after the window had closed: 2#22 at +6.000 s\n</failure>");
}
END_TEST

/* Rows of bytes stand below each other as they were made. */
START_TEST(text_keeps_columns)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    expectations[0].nearest_text = "0000  wanted 00 04\n      got    00 05\n                 ^^";
    expect_piece(report_text, &document, &plain,
                 "     <- last byte\n        0000  wanted 00 04\n              got    00 05\n                         ^^\n");
    expect_piece(report_tap, &document, &plain,
                 " at +0.000653 s:\\n0000  wanted 00 04\\n      got    00 05\\n                 ^^\"\n  differences:\n");
    expect_piece(report_junit, &document, &plain,
                 "(last byte)\n  0000  wanted 00 04\n        got    00 05\n                   ^^\n</failure>");
}
END_TEST

/* A word of so many letters, its first and last ones marked. */
static void fill_word(char *word, size_t length)
{
    memset(word, 'x', length);
    word[0] = '<';
    word[length - 1] = '>';
    word[length] = '\0';
}

START_TEST(text_cuts_long_words)
{
    char word[161], longer[162], words[400], cut[161], command[512];
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    fill_word(word, 160);
    fill_word(longer, 161);
    fill_word(cut, 160);
    memcpy(cut + 78, "...", 3);
    snprintf(words, sizeof words, "saw_packet %s %s", word, longer);
    expectation.verdict = VERDICT_FAIL;
    expectation.label = expectation.words = words;
    expectation.named = true;
    snprintf(command, sizeof command, "FAIL  saw_packet %s %s   on 1", word, cut);
    expect_piece(report_text, &document, &plain, command);
    snprintf(command, sizeof command, "\n      saw_packet %s %s\n", word, cut);
    expect_piece(report_text, &document, &plain, command);
    snprintf(command, sizeof command, "\nagain: aptrace --replay 1=traces/vlan.pcap --plugin saw_packet %s %s\n", word, longer);
    expect_piece(report_text, &document, &plain, command);
    snprintf(command, sizeof command, "not ok 1 - saw_packet %s %s\n", word, longer);
    expect_piece(report_tap, &document, &plain, command);
}
END_TEST

START_TEST(text_cuts_between_characters)
{
    char words[512];
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    snprintf(words, sizeof words, "saw_packet %.*s", _i, "aaaaa"); /* so that a character lies across each place to cut, once */
    for (size_t i = 0; i < 90; i++)
        strcat(words, "\xc3\xa9\xe2\x82\xac");
    expectation.label = words;
    char *got = write_report(report_text, &document, &plain);
    ck_assert_ptr_nonnull(strstr(got, "..."));
    ck_assert_ptr_null(strstr(got, "\xef\xbf\xbd"));
    free(got);
}
END_TEST

START_TEST(text_cuts_a_command_that_is_too_long)
{
    enum { MOST = 4096 };
    static const char before[] = "--replay 1=traces/vlan.pcap --plugin saw_packet ";
    char words[MOST + 2];
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    size_t length = MOST - strlen(before);
    strcpy(words, "saw_packet ");
    fill_word(words + strlen(words), length);
    expectation.verdict = VERDICT_FAIL;
    expectation.words = words;
    char *got = write_report(report_text, &document, &plain);
    ck_assert_ptr_nonnull(strstr(got, "\nagain: aptrace --replay"));
    ck_assert_ptr_null(strstr(got, "..."));
    free(got);
    fill_word(words + strlen("saw_packet "), length + 1);
    expect_piece(report_text, &document, &plain,
                 "\nagain (long words are cut): aptrace --replay 1=traces/vlan.pcap --plugin saw_packet <xxxx");
    expect_piece(report_text, &document, &plain, "xxx...xxx");
    expect_no_piece(report_text, &document, &plain, "again:");
}
END_TEST

START_TEST(text_of_nearest_without_differences)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    expectations[0].difference_count = 0;
    expectations[0].nearest_text = "tag is 103";
    expect_piece(report_text, &document, &plain,
                 " matched. Nearest is 2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s: tag is 103\n");
    expectations[0].nearest_text = "tag is 103\npriority is 2";
    expect_piece(report_text, &document, &plain, " at +0.000653 s:\n        tag is 103\n        priority is 2\n");
    expectations[0].nearest_text = NULL;
    expectations[0].explanation = "None\nof them";
    expect_piece(report_text, &document, &plain,
                 "      None\n      of them\n      Nearest is 2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s.\n");
}
END_TEST

START_TEST(text_styles)
{
    struct document_expectation expectations[2] = {seen(), counted()};
    struct document document = of(expectations, 2);
    const char *note = "no directions in vlan.pcap";
    struct report_style colour = {.colour = true}, quiet = {.quiet = true}, verbose = {.verbose = true};
    document.notes = &note;
    document.note_count = 1;
    expectations[0].cited = &third;
    expectations[0].cited_count = 1;
    expect_piece(report_text, &document, &colour, "\033[32mPASS\033[0m  saw_vlan");
    expect_piece(report_text, &document, &colour, "\033[31mFAIL\033[0m  all");
    expect_no_piece(report_text, &document, &plain, "\033");
    expect_piece(report_text, &document, &plain, "\nnote: no directions in vlan.pcap\nagain: ");
    expect_no_piece(report_text, &document, &plain, "Evidence");
    expect_no_piece(report_text, &document, &quiet, "PASS");
    expect_no_piece(report_text, &document, &quiet, "note");
    expect_piece(report_text, &document, &quiet, "FAIL");
    expect_piece(report_text, &document, &verbose,
                 "(frame 3 of vlan.pcap)\n      Evidence: 1#3 (frame 3 of vlan.pcap) at +0.000123 s\n"
                 "      window +0 s to +0.000123 s, 3 packets, direction in\n");
}
END_TEST

START_TEST(text_closing_line)
{
    struct document_expectation expectations[4] = {seen(), seen(), counted(), counted()};
    struct document document = of(expectations, 1);
    document.packets = 1;
    expect_piece(report_text, &document, &plain, "\n1 passed. 1 packet read, 0 dropped. Exit 0.\n");
    document.has_command = true;
    document.command_status = 7;
    expect_piece(report_text, &document, &plain,
                 "\n1 passed, the command failed with status 7. 1 packet read, 0 dropped. Exit 3.\n");
    document.has_command = false;
    document.expectation_count = 4;
    expectations[1].verdict = VERDICT_ERROR;
    expectations[3].verdict = VERDICT_INCONCLUSIVE;
    expect_piece(report_text, &document, &plain,
                 "\n1 error, 1 failed, 1 inconclusive, 1 passed. 1 packet read, 0 dropped. Exit 4.\n");
    document.sources_words = NULL;
    expect_no_piece(report_text, &document, &plain, "again:");
}
END_TEST

/* Bytes of a capture must not steer the terminal. */
START_TEST(text_shows_control_characters)
{
    char bytes[256];
    struct document_expectation expectation = hostile(bytes);
    struct document document = of(&expectation, 1);
    char *got = write_report(report_text, &document, &plain);
    for (const char *c = got; *c; c++)
        ck_assert_msg(*c == '\n' || (unsigned char)*c >= 0x20, "byte %d", *c);
    ck_assert_ptr_nonnull(strstr(got, "\\x1b"));
    free(got);
    expectation.explanation = "C1 \xc2\x9b" "31m";
    expect_piece(report_text, &document, &plain, "C1 \\x9b31m");
}
END_TEST

/* ---- tap -------------------------------------------------------------------------------------------------------------- */

START_TEST(tap_of_each_verdict)
{
    struct document_expectation expectations[4] = {seen(), counted(), counted(), seen()};
    struct document document = of(expectations, 4);
    expectations[2].verdict = VERDICT_INCONCLUSIVE;
    expectations[2].holes = &leaks_hole;
    expectations[2].hole_count = 1;
    expectations[3].verdict = VERDICT_ERROR;
    expectations[3].has_value = false;
    expectations[3].reason = "plugin fault";
    expectations[3].explanation = "on_packet: \"no\" \\ state";
    expect_report(report_tap, &document, &plain,
                  "TAP version 14\n1..4\n"
                  "ok 1 - saw_vlan tag=102\n"
                  "not ok 2 - all arrive\n"
                  "  ---\n"
                  "  message: \"got 18, wanted 21\"\n"
                  "  verdict: fail\n"
                  "  asked: \"packet_count\"\n"
                  "  expected: \"21\"\n"
                  "  got: \"18\"\n"
                  "  at: \"+0.430 s, end of trace\"\n"
                  "  ...\n"
                  "not ok 3 - all arrive \\# inconclusive\n"
                  "  ---\n"
                  "  message: \"got 18, wanted 21, but the evidence has a hole: 3: 412 packets dropped at capture, +2.113 s to "
                  "+2.131 s (its ring of 8 MiB was full)\"\n"
                  "  verdict: inconclusive\n"
                  "  asked: \"packet_count\"\n"
                  "  expected: \"21\"\n"
                  "  got: \"18\"\n"
                  "  at: \"+0.430 s, end of trace\"\n"
                  "  holes:\n"
                  "    - text: \"3: 412 packets dropped at capture, +2.113 s to +2.131 s (its ring of 8 MiB was full)\"\n"
                  "  ...\n"
                  "not ok 4 - saw_vlan tag=102 \\# error\n"
                  "  ---\n"
                  "  message: \"on_packet: \\\"no\\\" \\\\ state\"\n"
                  "  verdict: error\n"
                  "  asked: \"saw_vlan tag=102\"\n"
                  "  expected: \"true\"\n"
                  "  got: ~\n"
                  "  at: \"+0.000123 s, plugin fault at 1#3 (frame 3 of vlan.pcap)\"\n"
                  "  ...\n");
}
END_TEST

START_TEST(tap_and_junit_of_the_nearest)
{
    struct document_expectation expectations[2];
    struct document document = switch_run(expectations);
    expectations[0].nearest_same = 3;
    expect_piece(report_tap, &document, &plain,
                 "  nearest: \"2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s: eth.src, ip.dst, ip.ttl match\"\n"
                 "  differences:\n"
                 "    - text: \"eth.dst: wanted 00:04:00:00:00:02, got 00:04:00:00:00:01 (last byte)\"\n"
                 "  same: \"3 others missed by eth.dst too\"\n  ...\n");
    expect_piece(report_junit, &document, &plain,
                 "\nnearest: 2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s:\n"
                 "  eth.dst: wanted 00:04:00:00:00:02, got 00:04:00:00:00:01 (last byte)\n"
                 "  eth.src, ip.dst, ip.ttl match\n"
                 "  3 others missed by eth.dst too\n</failure>");
    expectations[0].difference_count = 0;
    expectations[0].nearest_text = NULL;
    expectations[0].nearest_same = 0;
    expect_piece(report_tap, &document, &plain, "  nearest: \"2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s\"\n  ...\n");
    expect_piece(report_junit, &document, &plain, "\nnearest: 2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s\n</failure>");
}
END_TEST

START_TEST(tap_escapes_descriptions)
{
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    expectation.label = "a # TODO \\ b\nok 2";
    expect_report(report_tap, &document, &plain, "TAP version 14\n1..1\nok 1 - a \\# TODO \\\\ b ok 2\n");
}
END_TEST

/* ---- junit ------------------------------------------------------------------------------------------------------------ */

START_TEST(junit_of_each_verdict)
{
    struct document_expectation expectations[3] = {seen(), counted(), seen()};
    struct document document = of(expectations, 3);
    expectations[2].verdict = VERDICT_INCONCLUSIVE;
    expectations[2].holes = &leaks_hole;
    expectations[2].hole_count = 1;
    expectations[2].label = "a < b & \"c\"";
    expect_report(report_junit, &document, &plain,
                  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                  "<testsuites name=\"aptrace\" tests=\"3\" failures=\"1\" errors=\"1\" time=\"0.430000000\">\n"
                  "  <testsuite name=\"aptrace\" tests=\"3\" failures=\"1\" errors=\"1\" time=\"0.430000000\">\n"
                  "    <testcase name=\"saw_vlan tag=102\" classname=\"saw_vlan\" time=\"0.000123000\">\n"
                  "      <system-out>got true, wanted true</system-out>\n"
                  "    </testcase>\n"
                  "    <testcase name=\"all arrive\" classname=\"packet_count\" time=\"0.430000000\">\n"
                  "      <failure message=\"got 18, wanted 21\" type=\"fail\">packet_count\n"
                  "on 1, +0.430 s, end of trace\n</failure>\n"
                  "      <system-out>got 18, wanted 21</system-out>\n"
                  "    </testcase>\n"
                  "    <testcase name=\"a &lt; b &amp; &quot;c&quot;\" classname=\"saw_vlan\" time=\"0.000123000\">\n"
                  "      <error message=\"got true, wanted true, but the evidence has a hole: 3: 412 packets dropped at capture, "
                  "+2.113 s to +2.131 s (its ring of 8 MiB was full)\" type=\"inconclusive\">saw_vlan tag=102\n"
                  "on 1, +0.000123 s, stopped by 1#3 (frame 3 of vlan.pcap)\n"
                  "hole in the evidence: 3: 412 packets dropped at capture, +2.113 s to +2.131 s (its ring of 8 MiB was full)\n"
                  "</error>\n"
                  "      <system-out>got true, wanted true</system-out>\n"
                  "    </testcase>\n"
                  "  </testsuite>\n"
                  "</testsuites>\n");
}
END_TEST

START_TEST(junit_of_hostile_texts_reads_back)
{
    char bytes[256], blanks[4097];
    struct document_expectation expectation = hostile(bytes);
    struct document document = of(&expectation, 1);
    memset(blanks, 'x', sizeof blanks);
    for (size_t i = 10; i < sizeof blanks; i += 10)
        blanks[i] = ' ';
    blanks[4096] = '\0';
    expectation.explanation = blanks;
    char *got = write_report(report_junit, &document, &plain);
    for (const char *c = got; *c; c++)
        ck_assert_msg(*c == '\n' || (unsigned char)*c >= 0x20, "byte %d", *c);
    mxml_node_t *read = mxmlLoadString(NULL, got, MXML_OPAQUE_CALLBACK);
    ck_assert_ptr_nonnull(read);
    mxml_node_t *failure = mxmlFindElement(read, read, "failure", NULL, NULL, MXML_DESCEND);
    ck_assert_ptr_nonnull(strstr(mxmlGetOpaque(failure), blanks));
    ck_assert_ptr_nonnull(strstr(mxmlElementGetAttr(failure, "message"), blanks));
    mxmlDelete(read);
    free(got);
}
END_TEST

/* ---- all -------------------------------------------------------------------------------------------------------------- */

static report_function *const all_reports[] = {report_text, report_json, report_tap, report_junit};

START_TEST(write_errors_are_told)
{
    struct document_expectation expectation = seen();
    struct document document = of(&expectation, 1);
    FILE *file = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(all_reports[_i](file, &document, &plain), -1);
    fclose(file);
}
END_TEST

START_TEST(no_expectation_is_no_crash)
{
    struct document document = {.verdict = VERDICT_PASS};
    free(write_report(all_reports[_i], &document, &plain));
}
END_TEST

static void add_text_tests(TCase *tests)
{
    tcase_add_test(tests, text_of_a_failure_and_a_hole);
    tcase_add_test(tests, text_of_passes);
    tcase_add_test(tests, text_puts_wanted_over_got);
    tcase_add_loop_test(tests, text_of_each_ending, 0, 8);
    tcase_add_test(tests, text_of_a_window_that_never_opened);
    tcase_add_test(tests, text_of_an_error);
    tcase_add_test(tests, text_of_an_empty_window);
    tcase_add_loop_test(tests, text_of_holes, 0, 7);
    tcase_add_test(tests, text_of_many_holes_and_a_moment);
    tcase_add_loop_test(tests, text_names_up_to_four_sources, 0, 3);
    tcase_add_loop_test(tests, text_hints, 0, sizeof hint_cases / sizeof *hint_cases);
    tcase_add_loop_test(tests, text_of_others_that_missed, 0, 8);
    tcase_add_test(tests, text_of_likely_causes);
    tcase_add_test(tests, text_keeps_columns);
    tcase_add_test(tests, text_cuts_long_words);
    tcase_add_loop_test(tests, text_cuts_between_characters, 0, 5);
    tcase_add_test(tests, text_cuts_a_command_that_is_too_long);
    tcase_add_test(tests, text_of_nearest_without_differences);
    tcase_add_test(tests, text_styles);
    tcase_add_test(tests, text_closing_line);
    tcase_add_test(tests, text_shows_control_characters);
}

Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("report");
    tcase_add_test(tests, json_of_one_pass);
    tcase_add_test(tests, json_of_nothing);
    tcase_add_test(tests, json_of_nearest_cited_and_holes);
    tcase_add_test(tests, json_of_causes_in_the_window);
    tcase_add_loop_test(tests, json_has_nothing_for_a_person, 0, 8);
    tcase_add_loop_test(tests, json_value, 0, sizeof json_values / sizeof *json_values);
    tcase_add_test(tests, json_of_hostile_texts_reads_back);
    add_text_tests(tests);
    tcase_add_test(tests, tap_of_each_verdict);
    tcase_add_test(tests, tap_and_junit_of_the_nearest);
    tcase_add_test(tests, tap_escapes_descriptions);
    tcase_add_test(tests, junit_of_each_verdict);
    tcase_add_test(tests, junit_of_hostile_texts_reads_back);
    tcase_add_loop_test(tests, write_errors_are_told, 0, 4);
    tcase_add_loop_test(tests, no_expectation_is_no_crash, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
