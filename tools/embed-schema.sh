#!/bin/sh
# embed-schema.sh DIRECTORY: the migrations of a directory (NNNN-name.sql) as entries of a C array.
set -eu
for file in "$1"/[0-9]*.sql; do
    name=$(basename "$file" .sql)
    printf '{%d, "%s",\n' "$(printf '%s' "$name" | sed 's/-.*//; s/^0*//')" "$name"
    sed -e 's/--.*$//' -e 's/[[:space:]]*$//' -e '/^$/d' \
        -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    printf '},\n'
done
