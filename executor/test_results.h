/*
 * The results of single tests that the stages of a run leave in results.json and junit.xml, read
 * when a stage has ended. The last valid file of each kind counts; results.json goes before
 * junit.xml. What is malformed is a note for staff and changes nothing.
 */
#ifndef GO_EXECUTOR_TEST_RESULTS_H
#define GO_EXECUTOR_TEST_RESULTS_H

#include "outputs.h"
#include "stage_end.h"

typedef struct go_test_results go_test_results;

/* None yet; lives in `pool`, in which it keeps no more than the last valid file of each kind. */
go_test_results *go_test_results_make(apr_pool_t *pool);

/* Reads what the stage that has ended said. Notes are made in `pool`. */
void go_test_results_read(go_test_results *known, const go_outputs *outputs, go_stage_notes *notes,
                          apr_pool_t *pool);

/* Those that count, or NULL; valid until the next go_test_results_read(). */
const go_results *go_test_results_chosen(const go_test_results *known);

#endif
