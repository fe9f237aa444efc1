/* SPDX-License-Identifier: MIT */
/* help.h: the text of --help. */
#ifndef HELP_H
#define HELP_H

extern const char help_text[];

#endif
