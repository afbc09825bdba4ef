/*
 * The places of an oven and who owns them.
 *
 *   /grade_oven              grader, 0711: students pass through but cannot look around
 *   /grade_oven/submission   grader, group base+1, 2775
 *   /grade_oven/<stage>      grader, group base+1, 0750; an untrusted stage's own one 2770
 *   /grade_oven/output       grader, group base+1, 2750; its files 0660, but score 0640
 *   /sandbox                 root, 0711
 *   /sandbox/<n>             uid base+n, 0700: HOME of the grader (0) and of untrusted stages (1),
 *                            scratch directory of sandbox calls (2...)
 *   /sandbox/files           grader, 0711
 *   /sandbox/files/<n>       grader, group base+n, 0750: of a sandbox call (handover.h)
 *
 * Every uid has its own directory below /sandbox from the start, and nobody can make another one
 * there: no name in it can be taken by a program before PID 1 needs it.
 */
#ifndef GO_OVEN_WORLD_H
#define GO_OVEN_WORLD_H

#include <sys/types.h>

#define WORLD_OVEN       "/grade_oven"
#define WORLD_SUBMISSION "submission"
#define WORLD_OUTPUT     "output"
#define WORLD_SANDBOX    "/sandbox"
#define WORLD_FILES      WORLD_SANDBOX "/files"

#define WORLD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define WORLD_LANG "C.UTF-8"

#define WORLD_OVEN_MODE   0711
#define WORLD_OUTPUT_MODE 02750

#define WORLD_HOME_MAX 32 /* bytes of "/sandbox/<n>" and of "/sandbox/files/<n>" */

/* Makes what must exist before the first frame, and takes the grader's file-system identity.
 * Dies with the reason if this is not the container it should be. */
void world_build(uid_t base);

/* Writes the path of a uid's own directory to `path`. */
void world_home(char path[WORLD_HOME_MAX], unsigned index);

#endif
