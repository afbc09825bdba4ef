#include "model/diff.h"

#include "model/text.h"

#include <apr_hash.h>

#include <string.h>

/* A text as lines; two lines are the same text exactly when their `id` is the same. */
typedef struct side {
    go_diff_line *lines;
    int *ids;
    int count;
} side;

/* The part of two sides that is compared, and which of its lines stay; all in `scratch`. */
typedef struct comparison {
    const int *was, *is;
    int was_count, is_count;
    char *is_removed, *is_added; /* by line of the whole side */
    apr_pool_t *scratch;
} comparison;

static int count_lines(const char *text, apr_size_t length) {
    int count = length && text[length - 1] != '\n';
    for (apr_size_t i = 0; i < length; i++)
        count += text[i] == '\n';
    return count;
}

/* Gives each different line a number. A last line without '\n' differs from the same with one. */
static side split(const char *text, apr_size_t length, apr_hash_t *known, apr_pool_t *pool) {
    side it = {.count = count_lines(text, length)};
    it.lines = apr_pcalloc(pool, (apr_size_t)(it.count + 1) * sizeof(*it.lines));
    it.ids = apr_pcalloc(pool, (apr_size_t)(it.count + 1) * sizeof(*it.ids));
    const char *end = text + length;
    for (int i = 0; i < it.count; i++) {
        const char *newline = memchr(text, '\n', (apr_size_t)(end - text));
        apr_size_t n = newline ? (apr_size_t)(newline - text) : (apr_size_t)(end - text);
        it.lines[i] = (go_diff_line){.text = text, .length = n, .is_unended = !newline};
        apr_size_t key_length = n + (newline != NULL);
        int *id = apr_hash_get(known, text, (apr_ssize_t)key_length);
        if (!id) {
            id = apr_palloc(pool, sizeof(*id));
            *id = (int)apr_hash_count(known);
            apr_hash_set(known, text, (apr_ssize_t)key_length, id);
        }
        it.ids[i] = *id;
        text += key_length;
    }
    return it;
}

/*
 * Myers' greedy search. `reach[k]` is how far one gets on diagonal k (lines of `was` minus lines of
 * `is`) with d edits; what it was before each step is kept, so that the way can be walked back.
 * Answers the number of edits, or -1 when there are more than GO_DIFF_EDITS_MAX.
 */
static int search(const comparison *c, int **steps) {
    int n = c->was_count, m = c->is_count;
    int most = n + m < GO_DIFF_EDITS_MAX ? n + m : GO_DIFF_EDITS_MAX;
    int *reach = apr_pcalloc(c->scratch, (apr_size_t)(2 * most + 3) * sizeof(int));
    int *middle = reach + most + 1;
    for (int d = 0; d <= most; d++) {
        steps[d] = apr_palloc(c->scratch, (apr_size_t)(2 * d + 1) * sizeof(int));
        for (int k = -d; k <= d; k += 2) {
            int down = k == -d || (k != d && middle[k - 1] < middle[k + 1]);
            int x = down ? middle[k + 1] : middle[k - 1] + 1;
            while (x < n && x - k < m && c->was[x] == c->is[x - k])
                x++;
            middle[k] = x;
            if (x >= n && x - k >= m) return d;
        }
        for (int k = -d; k <= d; k++)
            steps[d][k + d] = middle[k];
    }
    return -1;
}

/* Walks back from the end, marking what was removed and what added. `offset`: of the part. */
static void mark(const comparison *c, int **steps, int edits, int offset) {
    int x = c->was_count, y = c->is_count;
    for (int d = edits; d > 0; d--) {
        const int *before = steps[d - 1] + (d - 1); /* by diagonal */
        int k = x - y;
        int down = k == -d || (k != d && before[k - 1] < before[k + 1]);
        int from = down ? k + 1 : k - 1;
        x = before[from];
        y = x - from;
        if (down)
            c->is_added[offset + y] = 1;
        else
            c->is_removed[offset + x] = 1;
    }
}

/* What is the same at both ends is no part of the search. */
static void compare(const side *was, const side *is, comparison *c) {
    int first = 0, last = 0;
    int shorter = was->count < is->count ? was->count : is->count;
    while (first < shorter && was->ids[first] == is->ids[first])
        first++;
    while (last < shorter - first &&
           was->ids[was->count - 1 - last] == is->ids[is->count - 1 - last])
        last++;
    c->was = was->ids + first;
    c->is = is->ids + first;
    c->was_count = was->count - first - last;
    c->is_count = is->count - first - last;
    int **steps = apr_pcalloc(c->scratch, (GO_DIFF_EDITS_MAX + 1) * sizeof(int *));
    int edits = search(c, steps);
    if (edits >= 0) {
        mark(c, steps, edits, first);
    } else {
        memset(c->is_removed + first, 1, (apr_size_t)c->was_count);
        memset(c->is_added + first, 1, (apr_size_t)c->is_count);
    }
}

/* Both sides as one list: what is removed stands before what is added in its place. */
static apr_array_header_t *merge(const side *was, const side *is, const comparison *c,
                                 apr_pool_t *pool) {
    apr_array_header_t *all = apr_array_make(pool, was->count + 16, sizeof(go_diff_line));
    int x = 0, y = 0;
    while (x < was->count || y < is->count) {
        go_diff_line *line = apr_array_push(all);
        if (x < was->count && c->is_removed[x]) {
            *line = was->lines[x];
            line->kind = GO_DIFF_REMOVED;
            line->old_number = ++x;
        } else if (y < is->count && c->is_added[y]) {
            *line = is->lines[y];
            line->kind = GO_DIFF_ADDED;
            line->new_number = ++y;
        } else {
            *line = was->lines[x];
            line->old_number = ++x;
            line->new_number = ++y;
        }
    }
    return all;
}

/* Lines `begin` to `end` (not included) of the merged list as a hunk. */
static void add_hunk(go_diff *diff, const apr_array_header_t *all, int begin, int end,
                     apr_pool_t *pool) {
    go_diff_hunk *hunk = apr_array_push(diff->hunks);
    memset(hunk, 0, sizeof(*hunk));
    hunk->lines = apr_array_make(pool, end - begin, sizeof(go_diff_line));
    for (int i = begin; i < end; i++) {
        const go_diff_line *line = &APR_ARRAY_IDX(all, i, go_diff_line);
        APR_ARRAY_PUSH(hunk->lines, go_diff_line) = *line;
        if (line->old_number && !hunk->old_count++) hunk->old_start = line->old_number;
        if (line->new_number && !hunk->new_count++) hunk->new_start = line->new_number;
    }
}

/* Cuts the merged list into hunks; two changes with few lines between them are one. */
static void cut(go_diff *diff, const apr_array_header_t *all, int context, apr_pool_t *pool) {
    int begin = -1, end = 0; /* of the hunk that grows; `end` is after its last change */
    for (int i = 0; i < all->nelts; i++) {
        go_diff_kind kind = APR_ARRAY_IDX(all, i, go_diff_line).kind;
        if (kind == GO_DIFF_SAME) continue;
        diff->added += kind == GO_DIFF_ADDED;
        diff->removed += kind == GO_DIFF_REMOVED;
        if (begin >= 0 && i - end > 2 * context) {
            add_hunk(diff, all, begin, end + context, pool);
            begin = -1;
        }
        if (begin < 0) begin = i > context ? i - context : 0;
        end = i + 1;
    }
    if (begin >= 0)
        add_hunk(diff, all, begin, end + context < all->nelts ? end + context : all->nelts, pool);
}

static int is_text(const char *bytes, apr_size_t length) {
    return !memchr(bytes, '\0', length) && go_text_is_utf8(bytes, length);
}

go_diff *go_diff_texts(const char *was, apr_size_t was_length, const char *is, apr_size_t is_length,
                       int context, apr_pool_t *pool) {
    go_diff *diff = apr_pcalloc(pool, sizeof(*diff));
    diff->hunks = apr_array_make(pool, 8, sizeof(go_diff_hunk));
    if (was_length == is_length && (!is_length || !memcmp(was, is, is_length))) return diff;
    diff->outcome = GO_DIFF_TOO_LARGE;
    if (was_length > GO_DIFF_BYTES_MAX || is_length > GO_DIFF_BYTES_MAX) return diff;
    diff->outcome = GO_DIFF_BINARY;
    if (!is_text(was, was_length) || !is_text(is, is_length)) return diff;
    diff->outcome = GO_DIFF_TOO_LARGE;
    if (count_lines(was, was_length) > GO_DIFF_LINES_MAX ||
        count_lines(is, is_length) > GO_DIFF_LINES_MAX)
        return diff;
    diff->outcome = GO_DIFF_TEXT;
    comparison c = {0};
    apr_pool_create(&c.scratch, pool);
    apr_hash_t *known = apr_hash_make(c.scratch);
    side old_side = split(was, was_length, known, c.scratch);
    side new_side = split(is, is_length, known, c.scratch);
    c.is_removed = apr_pcalloc(c.scratch, (apr_size_t)old_side.count + 1);
    c.is_added = apr_pcalloc(c.scratch, (apr_size_t)new_side.count + 1);
    compare(&old_side, &new_side, &c);
    cut(diff, merge(&old_side, &new_side, &c, c.scratch), context, pool);
    apr_pool_destroy(c.scratch);
    return diff;
}
