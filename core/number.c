/* SPDX-License-Identifier: MIT */
/* Numbers as people write them, read exactly. The C library's own readers take blanks, signs, hexadecimal fractions, "inf"
 * and the decimal comma of a locale, and say little about what is left over: each would let a mistyped value pass as another.
 *
 * What it keeps true: a text is read whole or not at all, the same in every locale; no value is rounded but a double, and
 * that one correctly; nothing wraps. */
#include "number.h"

#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define NS_PER_SECOND INT64_C(1000000000)

enum { FRACTION_DIGITS_MAX = 17 }; /* 36 times as much fits in 64 bits */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* As many digits as there are. Null where there is none, or the number would not fit. */
static const char *take_digits(const char *text, unsigned base, uint64_t *number)
{
    const char *at = text;
    for (*number = 0; (unsigned)digit_value(*at) < base; at++) {
        if (__builtin_mul_overflow(*number, base, number)
            || __builtin_add_overflow(*number, (unsigned)digit_value(*at), number))
            return NULL;
    }
    return at == text ? NULL : at;
}

bool number_uint(const char *text, uint64_t *number)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t read;
    const char *rest = take_digits(hex ? text + 2 : text, hex ? 16 : 10, &read);
    if (!rest || *rest)
        return false;
    *number = read;
    return true;
}

bool number_int(const char *text, int64_t *number)
{
    bool negative = text[0] == '-';
    uint64_t size;
    if (!number_uint(negative ? text + 1 : text, &size) || size > (uint64_t)INT64_MAX + negative)
        return false;
    *number = (int64_t)(negative ? -size : size);
    return true;
}

bool number_bool(const char *text, bool *truth)
{
    static const char *const words[] = {"false", "true", "no", "yes", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            *truth = i % 2;
            return true;
        }
    }
    return false;
}

/* ---- Doubles --------------------------------------------------------------------------------------------------------------- */

/* The parts of -12.5e3%: the exponent with the percent sign in it. mantissa is the length of -12.5. */
struct decimal { size_t mantissa; int exponent; bool zero; };

static const char *take_mantissa(const char *at, bool *zero)
{
    const char *start = at;
    for (*zero = true; is_digit(*at); at++)
        *zero = *zero && *at == '0';
    if (*at != '.')
        return at == start ? NULL : at;
    if (!is_digit(at[1]))
        return NULL;
    for (at++; is_digit(*at); at++)
        *zero = *zero && *at == '0';
    return at;
}

static const char *take_exponent(const char *at, int *exponent)
{
    bool negative = at[1] == '-';
    uint64_t size;
    const char *rest = take_digits(at + 1 + (at[1] == '-' || at[1] == '+'), 10, &size);
    if (!rest || size > 100000)
        return NULL;
    *exponent = negative ? -(int)size : (int)size;
    return rest;
}

static bool read_decimal(const char *text, struct decimal *decimal)
{
    const char *at = take_mantissa(text + (*text == '-'), &decimal->zero);
    decimal->exponent = 0;
    if (!at)
        return false;
    decimal->mantissa = (size_t)(at - text);
    if (*at == 'e' || *at == 'E')
        at = take_exponent(at, &decimal->exponent);
    if (at && *at == '%') {
        decimal->exponent -= 2;
        at++;
    }
    return at && *at == '\0';
}

/* The percent sign goes into the exponent, so that 0.1% is the double nearest to 0.001: a division would round twice. */
bool number_double(const char *text, double *number)
{
    struct decimal decimal;
    if (!read_decimal(text, &decimal))
        return false;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return false;
    struct text digits = {0};
    text_add_bytes(&digits, text, decimal.mantissa);
    text_add(&digits, "e%d", decimal.exponent);
    double read = strtod_l(text_bytes(&digits), NULL, plain);
    text_fini(&digits);
    freelocale(plain);
    if (!isfinite(read) || (read == 0 && !decimal.zero))
        return false;
    *number = read;
    return true;
}

/* ---- Durations and times --------------------------------------------------------------------------------------------------- */

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;
    while (exponent--)
        power *= 10;
    return power;
}

/* Digits behind a point, without the zeros at their end: 0.digits of factor * 10^zeros. False where that is no whole number. */
static bool scale_fraction(const char *digits, size_t count, uint64_t factor, unsigned zeros, uint64_t *amount)
{
    uint64_t fraction = 0;
    while (count > 0 && digits[count - 1] == '0')
        count--;
    if (count > FRACTION_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        fraction = fraction * 10 + (uint64_t)(digits[i] - '0');
    if (count <= zeros) {
        *amount = fraction * factor * power_of_ten(zeros - (unsigned)count);
        return true;
    }
    uint64_t divisor = power_of_ten((unsigned)count - zeros);
    *amount = fraction * factor / divisor;
    return fraction * factor % divisor == 0;
}

/* A decimal of a unit in nanoseconds, factor * 10^zeros of them; what follows it is left. Null where it is none or too much. */
static const char *take_scaled(const char *text, uint64_t factor, unsigned zeros, int64_t *amount)
{
    uint64_t whole, part = 0;
    const char *at = take_digits(text, 10, &whole);
    if (!at)
        return NULL;
    if (*at == '.') {
        size_t count = strspn(at + 1, "0123456789");
        if (count == 0 || !scale_fraction(at + 1, count, factor, zeros, &part))
            return NULL;
        at += 1 + count;
    }
    if (__builtin_mul_overflow(whole, factor * power_of_ten(zeros), &whole) || __builtin_add_overflow(whole, part, &whole)
        || whole > INT64_MAX)
        return NULL;
    *amount = (int64_t)whole;
    return at;
}

bool number_duration(const char *text, int64_t *duration_ns)
{
    static const struct { const char *name; uint64_t factor; unsigned zeros; } units[] = {
        {"ns", 1, 0}, {"us", 1, 3}, {"ms", 1, 6}, {"s", 1, 9}, {"m", 6, 10}, {"h", 36, 11}};
    const char *unit = text + strspn(text, "0123456789.");
    int64_t read;
    if (strcmp(text, "0") == 0) {
        *duration_ns = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        if (take_scaled(text, units[i].factor, units[i].zeros, &read) != unit)
            return false;
        *duration_ns = read;
        return true;
    }
    return false;
}

/* Days since the epoch of a date of the proleptic Gregorian calendar. Years are counted from March, so that the leap day is
 * a year's last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t from_march = (month + 9) % 12;
    year -= month <= 2;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static bool is_date(int64_t year, int64_t month, int64_t day)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (leap && month == 2);
}

/* The parts of a text that has digits where the form has '0', and else what the form has. */
static bool take_parts(const char *text, const char *form, int64_t *parts)
{
    *parts = 0;
    for (; *form; form++, text++) {
        if (*form == '0' ? !is_digit(*text) : *text != *form)
            return false;
        if (*form == '0')
            *parts = *parts * 10 + (*text - '0');
        else
            *++parts = 0;
    }
    return true;
}

/* RFC 3339, section 5.6, in UTC: 2026-11-23T10:00:00.5Z. */
static bool read_date(const char *text, int64_t *time_ns)
{
    int64_t parts[6];
    uint64_t fraction = 0;
    if (!take_parts(text, "0000-00-00T00:00:00", parts))
        return false;
    const char *rest = text + strlen("0000-00-00T00:00:00");
    if (*rest == '.') {
        size_t count = strspn(rest + 1, "0123456789");
        if (count == 0 || !scale_fraction(rest + 1, count, 1, 9, &fraction))
            return false;
        rest += 1 + count;
    }
    if (strcmp(rest, "Z") != 0 || !is_date(parts[0], parts[1], parts[2]) || parts[3] > 23 || parts[4] > 59 || parts[5] > 59)
        return false;
    int64_t seconds = days_of(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5];
    int64_t part = (int64_t)fraction;
    if (seconds < 0 && part > 0) { /* so that the product cannot overflow where the sum fits */
        seconds++;
        part -= NS_PER_SECOND;
    }
    return !__builtin_mul_overflow(seconds, NS_PER_SECOND, &seconds) && !__builtin_add_overflow(seconds, part, time_ns);
}

static bool read_nanoseconds(const char *text, int64_t *time_ns)
{
    char digits[24];
    size_t length = strlen(text);
    if (length < 3 || length - 2 >= sizeof digits || strcmp(text + length - 2, "ns") != 0)
        return false;
    memcpy(digits, text, length - 2);
    digits[length - 2] = '\0';
    return strpbrk(digits, "xX") == NULL && number_int(digits, time_ns);
}

static bool read_seconds(const char *text, int64_t *time_ns)
{
    bool negative = *text == '-';
    int64_t size;
    const char *rest = take_scaled(text + negative, 1, 9, &size);
    if (!rest || *rest)
        return false;
    *time_ns = negative ? -size : size;
    return true;
}

bool number_time(const char *text, int64_t *time_ns)
{
    int64_t read;
    if (!read_seconds(text, &read) && !read_date(text, &read) && !read_nanoseconds(text, &read))
        return false;
    *time_ns = read;
    return true;
}

/* ---- Others ---------------------------------------------------------------------------------------------------------------- */

bool number_size(const char *text, uint64_t *bytes)
{
    uint64_t number;
    const char *rest = take_digits(text, 10, &number);
    if (!rest)
        return false;
    static const char units[] = "KkMmGg";
    const char *unit = *rest ? strchr(units, *rest) : NULL;
    unsigned shift = unit ? 10 * (unsigned)((unit - units) / 2 + 1) : 0;
    if (rest[unit != NULL] != '\0' || number > UINT64_MAX >> shift)
        return false;
    *bytes = number << shift;
    return true;
}

int64_t number_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}
