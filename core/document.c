/* SPDX-License-Identifier: MIT */
/* The verdict document is plain data: what makes it fills it, what reports it reads it. The little that both sides must
 * agree on is here, so that it is said once: what a verdict is called in every report, and which exit status a document
 * asks for.
 *
 * The exit status lets a script tell "the device is wrong" (1) from "nobody can know" (3) and from "the test is broken" (4).
 * A plugin error outweighs a failure, because a run with a broken predicate did not ask all that it meant to ask; a failure
 * outweighs a hole, because it is known. Status 2, usage and set-up, never has a document. */
#include "document.h"

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_INCONCLUSIVE:
        return "inconclusive";
    case VERDICT_ERROR:
        return "error";
    }
    return "error";
}

/* The document's own verdict counts too: a run may be cut short in a way that no expectation shows. */
static bool has_verdict(const struct document *document, enum verdict verdict)
{
    if (document->verdict == verdict)
        return true;
    for (size_t i = 0; i < document->expectation_count; i++) {
        if (document->expectations[i].verdict == verdict)
            return true;
    }
    return false;
}

int document_exit_status(const struct document *document)
{
    if (has_verdict(document, VERDICT_ERROR))
        return 4;
    if (has_verdict(document, VERDICT_FAIL))
        return 1;
    if (has_verdict(document, VERDICT_INCONCLUSIVE) || (document->has_command && document->command_status != 0))
        return 3;
    return 0;
}
