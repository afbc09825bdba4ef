#!/bin/bash
# Prints what each customer has spent, from a CSV of orders on standard input.
set -eu
export LC_ALL=C

tail -n +2 |
    awk -F, '{ cents[$2] += $4 * $5 }
        END { for (customer in cents) printf "%d,%s\n", cents[customer], customer }' |
    sort -t, -k1,1nr -k2,2 |
    awk -F, '{ printf "%s: %d.%02d EUR\n", $2, int($1 / 100), $1 % 100 }
        END { if (NR == 0) print "no orders" }'
