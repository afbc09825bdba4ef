#include "oven/stage.h"

#include "oven/launch.h"
#include "oven/rights.h"
#include "oven/util.h"

#include <signal.h>
#include <sys/wait.h>

#define LOOK_AGAIN_US 5000
#define GIVE_UP_US    60000000 /* for processes to die and for files to be removed, each */

static void kill_everybody(const struct stage *stage, const struct kitchen *kitchen) {
    if (stage->main > 0) kill(stage->main, SIGKILL); /* it may still be root on its way to exec */
    rights_kill_all_of(kitchen->base + OVEN_UID_GRADER, kitchen->base);
    rights_kill_all_of(kitchen->base + OVEN_UID_UNTRUSTED, kitchen->base);
    calls_end_all(kitchen->calls);
}

static void begin_end(struct stage *stage, const struct kitchen *kitchen, int64_t now) {
    stage->state = STAGE_ENDING;
    stage->ended_us = now;
    stage->give_up_us = now + GIVE_UP_US;
    kill_everybody(stage, kitchen);
}

void stage_note_death(struct stage *stage, const struct kitchen *kitchen, const struct death *death,
                      int64_t now) {
    if (stage->state == STAGE_NONE) return;
    usage_add(&stage->usage, &death->usage);
    if (death->pid != stage->main) return;
    stage->main = 0;
    stage->status = death->status;
    stage->start_error = launch_take_failure(&stage->failure_fd).error;
    if (stage->state == STAGE_RUNNING) begin_end(stage, kitchen, now);
}

static bool somebody_is_alive(uid_t base) {
    bool alive[OVEN_UIDS];
    processes_alive(base, alive);
    for (int i = 0; i < OVEN_UIDS; i++)
        if (alive[i]) return true;
    return false;
}

static void report_end(struct stage *stage, const struct kitchen *kitchen) {
    console_end(kitchen->console, kitchen->outbox);
    watch_end_stage(kitchen->watch, kitchen->outbox);
    uint8_t end[OVEN_STAGE_END_SIZE];
    put_be32(end, WIFEXITED(stage->status) ? (uint32_t)WEXITSTATUS(stage->status) : 0);
    put_be32(end + 4, WIFSIGNALED(stage->status) ? (uint32_t)WTERMSIG(stage->status) : 0);
    end[8] = stage->timed_out ? OVEN_END_TIMED_OUT : 0;
    put_be64(end + 9, (uint64_t)(stage->ended_us - stage->started_us));
    put_be64(end + 17, stage->usage.cpu_us);
    put_be64(end + 25, stage->usage.max_rss_kib);
    put_be32(end + 33, (uint32_t)stage->start_error);
    outbox_put(kitchen->outbox, OVEN_STAGE_END, end, sizeof end, NULL, 0);
    stage->state = STAGE_NONE;
}

/* The calls finish by themselves, cleaners included; what is alive after them is the stage's own.
 */
static void step_ending(struct stage *stage, const struct kitchen *kitchen, int64_t now) {
    if (stage->main > 0 || !calls_are_over(kitchen->calls) || somebody_is_alive(kitchen->base)) {
        if (now > stage->give_up_us) die("processes of a stage do not die");
        kill_everybody(stage, kitchen);
        return;
    }
    stage->state = STAGE_CLEANING;
    stage->give_up_us = now + GIVE_UP_US;
}

void stage_step(struct stage *stage, const struct kitchen *kitchen, int64_t now) {
    if (stage->state == STAGE_RUNNING && stage->deadline_us <= now) {
        stage->timed_out = true;
        begin_end(stage, kitchen, now);
    }
    if (stage->state == STAGE_ENDING) step_ending(stage, kitchen, now);
    if (stage->state == STAGE_CLEANING) {
        if (boxes_clean_kept(&kitchen->calls->boxes, kitchen->base))
            report_end(stage, kitchen);
        else if (now > stage->give_up_us)
            die("what a stage left behind cannot be removed");
    }
}

int64_t stage_due(const struct stage *stage, int64_t now) {
    if (stage->state == STAGE_RUNNING) return stage->deadline_us;
    return stage->state == STAGE_NONE ? NEVER : now + LOOK_AGAIN_US;
}
