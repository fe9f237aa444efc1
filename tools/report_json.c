/* SPDX-License-Identifier: MIT */
/* The json report: the verdict document for programs, the one report that is a contract.
 *
 * It keeps three things true. Its keys stand in one order, and new ones come at the ends of objects. It holds nothing that
 * differs between a live run and its replay, so that two documents can be compared byte for byte: what document.h marks "for
 * a person" (frames, files, paths) never gets here. And it is valid whatever a plugin or a capture put into a text: bytes
 * that are not UTF-8 become U+FFFD, as RFC 8259 section 8.1 asks of JSON between programs.
 *
 * json-c keeps keys in the order in which they were added. How it writes empty containers and fractions has differed between
 * its versions, so both are written here. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "core/text.h"

/* A null from json-c here is memory that ran out: as everywhere (memory.h), that ends the process. Without this it would be
 * written as a null value, which means something else. */
static struct json_object *made(struct json_object *object)
{
    if (!object) {
        fprintf(stderr, "aptrace: no memory for the json report\n");
        exit(2);
    }
    return object;
}

static struct json_object *json_text(const char *bytes)
{
    struct text text = {0};
    struct json_object *object;
    if (!bytes)
        return NULL;
    text_add_utf8(&text, bytes, strlen(bytes));
    object = made(json_object_new_string_len(text_bytes(&text), (int)text.length));
    text_fini(&text);
    return object;
}

static struct json_object *json_time(int64_t time_ns)
{
    return made(json_object_new_int64(time_ns));
}

static struct json_object *json_count(uint64_t count)
{
    return made(json_object_new_uint64(count));
}

/* The shortest decimal that reads back as the same double; with a point or an exponent, so that 3.0 is not taken for the
 * integer 3. JSON has no word for infinity and NaN (RFC 8259 section 6): they are texts. */
static struct json_object *json_double(double number)
{
    char digits[40];
    if (!isfinite(number))
        return json_text(isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    if (!strpbrk(digits, ".e"))
        strcat(digits, ".0");
    return made(json_object_new_double_s(number, digits));
}

static struct json_object *json_value(const struct aptrace_value *value)
{
    switch (value->type) {
    case APTRACE_TYPE_BOOL:
        return made(json_object_new_boolean(value->as.natural != 0));
    case APTRACE_TYPE_INT:
        return json_time(value->as.integer);
    case APTRACE_TYPE_UINT:
        return json_count(value->as.natural);
    case APTRACE_TYPE_DOUBLE:
        return json_double(value->as.real);
    case APTRACE_TYPE_STRING:
        return json_text(value->as.text);
    default:
        return NULL;
    }
}

/* object: [may be null] null is the value then. The parent owns it from here on. */
static void put(struct json_object *parent, const char *key, struct json_object *object)
{
    if (json_object_object_add(parent, key, object) != 0)
        made(NULL);
}

static void append(struct json_object *array, struct json_object *object)
{
    if (json_object_array_add(array, object) != 0)
        made(NULL);
}

static struct json_object *new_object(void)
{
    return made(json_object_new_object());
}

static struct json_object *new_array(size_t count)
{
    static char empty[] = "[]";
    struct json_object *array = made(json_object_new_array());
    if (count == 0)
        json_object_set_serializer(array, json_object_userdata_to_json_string, empty, NULL);
    return array;
}

static struct json_object *json_packet(const struct document_packet *packet)
{
    struct json_object *object;
    if (!packet)
        return NULL;
    object = new_object();
    put(object, "source", json_text(packet->source));
    put(object, "number", json_count(packet->number));
    put(object, "time_ns", json_time(packet->time_ns));
    return object;
}

static struct json_object *json_source(const struct document_source *source)
{
    struct json_object *object = new_object();
    put(object, "name", json_text(source->name));
    put(object, "link_type", json_text(source->link_type));
    put(object, "packets", json_count(source->packets));
    put(object, "dropped", json_count(source->dropped));
    put(object, "late", json_count(source->late));
    put(object, "ended", json_text(source->ended));
    return object;
}

static struct json_object *json_parameters(const struct document_expectation *expectation)
{
    static char empty[] = "{}";
    struct json_object *object = new_object();
    if (expectation->parameter_count == 0)
        json_object_set_serializer(object, json_object_userdata_to_json_string, empty, NULL);
    for (size_t i = 0; i < expectation->parameter_count; i++) {
        struct text key = {0};
        const char *bytes = expectation->parameters[i].key;
        text_add_utf8(&key, bytes, strlen(bytes));
        put(object, text_bytes(&key), json_text(expectation->parameters[i].text));
        text_fini(&key);
    }
    return object;
}

static struct json_object *json_on(const struct document_expectation *expectation)
{
    struct json_object *array = new_array(expectation->on_count);
    for (size_t i = 0; i < expectation->on_count; i++)
        append(array, json_text(expectation->on[i]));
    return array;
}

static struct json_object *json_window(const struct document_expectation *expectation)
{
    struct json_object *object = new_object();
    put(object, "opens_ns", expectation->has_opens ? json_time(expectation->opens_ns) : NULL);
    put(object, "closes_ns", expectation->has_closes ? json_time(expectation->closes_ns) : NULL);
    return object;
}

static struct json_object *json_finish(const struct document_expectation *expectation)
{
    struct json_object *object = new_object();
    put(object, "reason", json_text(expectation->reason));
    put(object, "time_ns", json_time(expectation->finish_ns));
    put(object, "packet", json_packet(expectation->finish_packet));
    return object;
}

static struct json_object *json_differences(const struct document_expectation *expectation)
{
    struct json_object *array = new_array(expectation->difference_count);
    for (size_t i = 0; i < expectation->difference_count; i++) {
        const struct document_difference *difference = &expectation->differences[i];
        struct json_object *object = new_object();
        put(object, "field", json_text(difference->field));
        put(object, "wanted", json_text(difference->wanted));
        put(object, "got", json_text(difference->got));
        append(array, object);
    }
    return array;
}

static struct json_object *json_nearest(const struct document_expectation *expectation)
{
    struct json_object *object = json_packet(expectation->nearest);
    if (!object)
        return NULL;
    put(object, "distance", json_count(expectation->nearest_distance));
    put(object, "text", json_text(expectation->nearest_text));
    put(object, "differences", json_differences(expectation));
    put(object, "same", expectation->nearest_same == DOCUMENT_SAME_UNKNOWN ? NULL : json_count(expectation->nearest_same));
    return object;
}

static struct json_object *json_cited(const struct document_expectation *expectation)
{
    struct json_object *array = new_array(expectation->cited_count);
    for (size_t i = 0; i < expectation->cited_count; i++)
        append(array, json_packet(&expectation->cited[i]));
    return array;
}

static struct json_object *json_holes(const struct document_expectation *expectation)
{
    struct json_object *array = new_array(expectation->hole_count);
    for (size_t i = 0; i < expectation->hole_count; i++) {
        const struct document_hole *hole = &expectation->holes[i];
        struct json_object *object = new_object();
        put(object, "source", json_text(hole->source));
        put(object, "kind", json_text(hole->kind));
        put(object, "packets", json_count(hole->packets));
        put(object, "from_ns", json_time(hole->from_ns));
        put(object, "to_ns", json_time(hole->to_ns));
        put(object, "text", json_text(hole->text));
        append(array, object);
    }
    return array;
}

static struct json_object *json_likely(const struct document_expectation *expectation)
{
    size_t count = 0;
    for (size_t i = 0; i < expectation->likely_count; i++)
        count += !expectation->likely[i].of_whole_run;
    struct json_object *array = new_array(count);
    for (size_t i = 0; i < expectation->likely_count; i++) {
        if (!expectation->likely[i].of_whole_run)
            append(array, json_text(expectation->likely[i].text));
    }
    return array;
}

static struct json_object *json_expectation(const struct document_expectation *expectation)
{
    struct json_object *object = new_object();
    put(object, "label", json_text(expectation->label));
    put(object, "plugin", json_text(expectation->plugin));
    put(object, "parameters", json_parameters(expectation));
    put(object, "on", json_on(expectation));
    put(object, "direction", json_text(expectation->direction));
    put(object, "filter", json_text(expectation->filter));
    put(object, "after", json_text(expectation->after));
    put(object, "expected", json_text(expectation->expected));
    put(object, "verdict", json_text(verdict_name(expectation->verdict)));
    put(object, "value", expectation->has_value ? json_value(&expectation->value) : NULL);
    put(object, "window", json_window(expectation));
    put(object, "packets", json_count(expectation->packets));
    put(object, "finish", json_finish(expectation));
    put(object, "explanation", json_text(expectation->explanation));
    put(object, "nearest", json_nearest(expectation));
    put(object, "cited", json_cited(expectation));
    put(object, "holes", json_holes(expectation));
    put(object, "likely", json_likely(expectation));
    return object;
}

static struct json_object *json_command(const struct document *document)
{
    struct json_object *object;
    if (!document->has_command)
        return NULL;
    object = new_object();
    put(object, "status", json_time(document->command_status));
    return object;
}

static struct json_object *json_document(const struct document *document)
{
    struct json_object *object = new_object(), *clock = new_object();
    struct json_object *sources = new_array(document->source_count);
    struct json_object *expectations = new_array(document->expectation_count);
    for (size_t i = 0; i < document->source_count; i++)
        append(sources, json_source(&document->sources[i]));
    for (size_t i = 0; i < document->expectation_count; i++)
        append(expectations, json_expectation(&document->expectations[i]));
    put(clock, "end_ns", json_time(document->end_ns));
    put(object, "schema", json_count(1));
    put(object, "verdict", json_text(verdict_name(document->verdict)));
    put(object, "sources", sources);
    put(object, "expectations", expectations);
    put(object, "command", json_command(document));
    put(object, "clock", clock);
    return object;
}

int report_json(FILE *file, const struct document *document, const struct report_style *style)
{
    struct json_object *object = json_document(document);
    const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                                  JSON_C_TO_STRING_NOSLASHESCAPE);
    (void)style;
    if (!text)
        made(NULL);
    fputs(text, file);
    fputc('\n', file);
    json_object_put(object);
    return fflush(file) == 0 && !ferror(file) ? 0 : -1;
}
