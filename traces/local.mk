# SPDX-License-Identifier: MIT
# A case is a folder; adding one needs no change here.
EXTRA_DIST += traces
