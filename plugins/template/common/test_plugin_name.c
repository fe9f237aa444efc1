/* Tests of plugin_name, with Check and the fake host: <aptrace/fake.h> tells all that a test can ask. */
#include <check.h>
#include <stdlib.h>

#include <aptrace/fake.h>

START_TEST(stops_at_its_port)
{
    struct aptrace_fake *fake = aptrace_fake_new(&aptrace_plugin, "port=53", NULL);
    ck_assert(!aptrace_fake_frame(fake, "eth | ipv4 10.0.0.1 > 10.0.1.10 | udp 1000 > 80"));
    ck_assert(aptrace_fake_frame(fake, "eth | ipv4 10.0.0.1 > 10.0.1.10 | udp 1000 > 53"));
    ck_assert_aptrace_fake_true(fake);
    ck_assert_uint_eq(aptrace_fake_cited(fake, 0), 2);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(counts_up_to_times)
{
    struct aptrace_fake *fake = aptrace_fake_new(&aptrace_plugin, "port=53", "times=3", NULL);
    for (int i = 0; i < 2; i++)
        ck_assert(!aptrace_fake_frame(fake, "eth | ipv6 2001:db8::1 > 2001:db8::2 | tcp %d > 53 syn", 1000 + i));
    ck_assert_aptrace_fake_false(fake);
    ck_assert_str_eq(aptrace_fake_explanation(fake), "2 of 3 wanted packets went to port 53, of 2 that came");
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(a_packet_that_was_cut_is_made_known)
{
    struct aptrace_fake *fake = aptrace_fake_new(&aptrace_plugin, "port=53", NULL);
    aptrace_fake_capture(fake, 30); /* of its bytes: the ports are not among them */
    ck_assert(!aptrace_fake_frame(fake, "eth | ipv4 10.0.0.1 > 10.0.1.10 | udp 1000 > 53"));
    ck_assert_uint_eq(aptrace_fake_unseen(fake), 1);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(a_port_has_to_be_given)
{
    struct aptrace_fake *fake = aptrace_fake_new(&aptrace_plugin, NULL);
    ck_assert_aptrace_fake_refused(fake, "port is missing");
    aptrace_fake_free(fake);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plugin_name");
    TCase *tests = tcase_create("tests");
    tcase_add_test(tests, stops_at_its_port);
    tcase_add_test(tests, counts_up_to_times);
    tcase_add_test(tests, a_packet_that_was_cut_is_made_known);
    tcase_add_test(tests, a_port_has_to_be_given);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
