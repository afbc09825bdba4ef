/*
 * The modes that keep others out of /grade_oven (see world.h), put back before others come.
 *
 * A trusted stage owns what it finds there, and a careless one opens it: `chmod 777 output`,
 * `chmod -R 777 /grade_oven`. Then an untrusted stage, or a student's program where the kernel has
 * no Landlock, could write the score, and a program read the answers. So PID 1 looks before each
 * stage and each sandbox call. Only what a stage opens while a program of its own is already
 * running stays open to that program, if there is no Landlock.
 */
#ifndef GO_OVEN_MODES_H
#define GO_OVEN_MODES_H

#include <sys/types.h>

/*
 * Closes /grade_oven, the stages' directories and output/ as far as they are the grader's. Works
 * with the grader's file-system identity; what it cannot change stays as it is.
 */
void modes_put_back(uid_t base);

#endif
