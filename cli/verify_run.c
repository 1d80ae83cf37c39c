/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One way to run the guest below the monitor, looked at from all sides. In a process of its own: whatever a wrong monitor does
 * to itself or to the simulator, somebody is left to say so.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "difference.h"
#include "message.h"
#include "verify.h"
#include "vmm/technique/technique.h"
#include "vmm/vmm.h"

#define TURN 997 /* steps, until the neighbour has the machine: odd ones, that come in the midst of things */
#define NEIGHBOUR_RAM_MOST (UINT64_C(16) << 30)

/* The run that this process is for. */
struct examination {
    const struct reference *reference;
    struct session_config config; /* as the guest is run; `watched` with the simulator watching */
    struct session_watch watch;
    struct options beside; /* likewise, with a neighbour: the same guest once more, on the same machine */
    struct account account;
    const struct flip *flip;
    int to_parent;
};

const char *verify_run_name(const struct session_config *config)
{
    return config->options->switching.every ? "in turns" : config->method.title;
}

static json_t *hex(uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

/* --- what came of it ---------------------------------------------------------------------------------------------------------- */

static json_t *equivalence_json(const struct reference *r, bool equal, const struct difference *d)
{
    json_t *first = json_null();
    if (d)
        first = json_pack("{s:I, s:o, s:s, s:o, s:o}", "instruction", (json_int_t)d->step, "pc", hex(d->pc), "what",
                          d->what, "expected", hex(d->expected), "got", hex(d->got));
    bool promised = reference_promises(r);
    return json_pack("{s:o, s:b, s:b, s:o}", "holds", promised ? json_boolean(equal) : json_null(), "promised", promised,
                     "equal", equal, "first_difference", first);
}

static json_t *control_json(const struct machine *m, const struct machine_violation *v)
{
    const struct audit *a = &m->audit;
    json_t *violations = json_array();
    if (v) {
        char text[256];
        audit_text(v, text, sizeof text);
        json_array_append_new(violations, json_pack("{s:s, s:o, s:o, s:s}", "kind", audit_kind_name(v->kind), "pc",
                                                    hex(v->pc), "address", hex(v->address), "text", text));
    }
    return json_pack("{s:b, s:I, s:I, s:I, s:o}", "holds", !v, "audited_writes", (json_int_t)(a->stores + a->announced),
                     "audited_instructions", (json_int_t)a->controls, "audited_entries", (json_int_t)a->entries,
                     "violations", violations);
}

static json_t *innocuous_json(const struct account *a)
{
    json_t *violations = json_array();
    for (unsigned i = 0; i < ACCOUNT_KEPT && i < a->count[EMULATED_INNOCUOUS]; i++) {
        char text[64];
        insn_format(text, sizeof text, a->kept[i].word, a->kept[i].pc);
        json_array_append_new(violations, json_pack("{s:o, s:s}", "pc", hex(a->kept[i].pc), "insn", text));
    }
    return violations;
}

/* Instructions that the guest completed, and that neither the hardware nor a note accounts for. */
static json_int_t unaccounted(const struct session *s, const struct account *a)
{
    uint64_t completed = 0, executed = s->machine->audit.direct + s->machine->audit.translated;
    for (unsigned i = 0; i < s->vmm->guests; i++)
        completed += s->vmm->guest[i]->clock.insns;
    return (json_int_t)(completed - executed - account_total(a));
}

static double share(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all : 1.0;
}

/* Instructions of the kernel that the hardware has executed where the guest wrote them, which interp and bt do not let it. */
static json_int_t kernel_direct(const struct reference *r, const struct session *s)
{
    const struct technique *t = s->vmm->guest[0]->technique;
    uint64_t direct = s->machine->audit.direct, user = s->vmm->guests * r->run.insns.by_mode[MODE_U];
    if (t == &technique_te || t == &technique_hw || t->paravirtual || s->options->switching.every ||
        s->options->switching.count)
        return 0;
    return direct > user ? (json_int_t)(direct - user) : 0;
}

/* bt steps back where the guest maps what is the translator's. */
static json_int_t fallbacks(const struct session *s)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < s->vmm->guests; i++)
        n += s->vmm->guest[i]->counters.bt_fallbacks;
    return (json_int_t)n;
}

static json_t *efficiency_json(const struct reference *r, const struct session *s, const struct account *a, bool ended)
{
    const struct audit *audit = &s->machine->audit;
    uint64_t all = audit->direct + audit->translated + account_total(a);
    json_int_t missing = ended ? unaccounted(s, a) : 0, kernel = kernel_direct(r, s), steps_back = fallbacks(s);
    bool holds = !missing && (!kernel || steps_back) && !a->count[EMULATED_INNOCUOUS];
    json_t *emulated = json_object();
    for (unsigned i = 0; i < EMULATED_count; i++)
        json_object_set_new(emulated, emulated_names[i], json_integer((json_int_t)a->count[i]));
    return json_pack("{s:b, s:f, s:f, s:o, s:I, s:I, s:I, s:o}", "holds", holds, "direct_share", share(audit->direct, all),
                     "translated_share", share(audit->translated, all), "emulated", emulated, "kernel_direct", kernel,
                     "fallbacks", steps_back, "unaccounted", missing, "violations", innocuous_json(a));
}

static json_t *result(const struct session_config *c, json_t *equivalence, json_t *control, json_t *efficiency)
{
    json_int_t every = (json_int_t)c->options->switching.every;
    const char *title = verify_run_name(c);
    return need(json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "technique", every ? title : c->method.name, "title",
                          title, "mmu", c->method.mmu, "switched_every", every ? json_integer(every) : json_null(),
                          "equivalence", equivalence, "resource_control", control, "efficiency", efficiency));
}

/* --- in the process of its own -------------------------------------------------------------------------------------------------- */

static _Noreturn void hand_over(const struct examination *e, json_t *json)
{
    FILE *out = need(fdopen(e->to_parent, "w"));
    json_dumpf(json, out, JSON_COMPACT);
    json_decref(json);
    exit(fclose(out) == 0 ? 0 : STATUS_PANIC);
}

/* The monitor has lost control: there is no going on. */
static void broken(void *context, const struct machine_violation *violation)
{
    const struct examination *e = context;
    const struct session *s = e->account.session;
    hand_over(e, result(&e->config, equivalence_json(e->reference, false, NULL), control_json(s->machine, violation),
                        efficiency_json(e->reference, s, &e->account, false)));
}

/* Runs to the end; the session stays open. Is it equal to the reference, for each guest? If only the neighbour is not, *d says
 * that. */
static struct session *run_to_end(struct examination *e, const struct session_config *config, const struct flip *flip,
                                  bool *equal, struct difference *d)
{
    const struct run_report *expected = &e->reference->run;
    struct session *s = session_open(config);
    e->account.session = s;
    session_run(s, config->options->max_insns);
    if (flip)
        difference_flip(s, flip);
    struct run_report got = session_report(s, 0);
    *equal = report_equal(expected, &got);
    for (unsigned i = 1; i < s->guest_count && *equal; i++) {
        struct run_report neighbour = session_report(s, i);
        *equal = report_equal(expected, &neighbour);
        if (!*equal)
            *d = (struct difference){got.steps, session_state(s, i).ctx->pc, "neighbour", expected->state_hash,
                                     neighbour.state_hash};
    }
    return s;
}

/* With the simulator watching, and a neighbour; then as a user would run it, short cuts and all: both must come out the same. */
static _Noreturn void examine(struct examination *e)
{
    static const struct flip no_flip = {0};
    const struct reference *r = e->reference;
    struct difference d = {.what = ""};
    bool equal_watched, equal_plain;
    struct session_config config = e->config;
    e->watch = (struct session_watch){{broken, e}, {account_note, &e->account}, TURN};
    config.watch = &e->watch;
    config.options = &e->beside;
    e->beside = *e->config.options;
    if (e->beside.ram_size <= NEIGHBOUR_RAM_MOST)
        e->beside.guest[e->beside.guest_count++] = e->beside.guest[0];
    struct session *s = run_to_end(e, &config, NULL, &equal_watched, &d);
    json_t *control = control_json(s->machine, NULL), *efficiency = efficiency_json(e->reference, s, &e->account, true);
    session_close(s);
    session_close(run_to_end(e, &e->config, e->flip, &equal_plain, &d));
    bool equal = equal_watched && equal_plain;
    if (!equal && !d.what[0] && e->config.method.technique->paravirtual)
        d = (struct difference){.what = "outcome"}; /* end, console or disks: there is no state to compare */
    if (!equal && !d.what[0]) {
        struct session_watch quietly = {.turn = TURN};
        config.watch = &quietly; /* only the watched run may show it */
        d = difference_find(&r->config, equal_watched ? &e->config : &config,
                            equal_watched && e->flip ? e->flip : &no_flip);
    }
    hand_over(e, result(&e->config, equivalence_json(r, equal, equal ? NULL : &d), control, efficiency));
}

/* --- in the process that asks ------------------------------------------------------------------------------------------------- */

/* The monitor has not survived. */
static json_t *dead(const struct session_config *c, int status)
{
    char text[80];
    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "the run was ended by signal %d", WTERMSIG(status));
    else
        snprintf(text, sizeof text, "the run ended itself, with status %d", WEXITSTATUS(status));
    json_t *json =
        result(c, json_pack("{s:b, s:b, s:b, s:n}", "holds", 0, "promised", 1, "equal", 0, "first_difference"),
               json_pack("{s:b, s:i, s:[]}", "holds", 0, "audited_writes", 0, "violations"),
               json_pack("{s:b, s:f, s:f, s:[]}", "holds", 0, "direct_share", 0.0, "translated_share", 0.0, "violations"));
    json_object_set_new(json, "died", json_string(text));
    return json;
}

json_t *verify_run(const struct reference *reference, const struct session_config *config, const struct flip *flip)
{
    struct examination e = {.reference = reference, .config = *config, .flip = flip};
    int ends[2], status;
    fflush(NULL);
    if (pipe(ends) != 0)
        refuse("verify: no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0)
        refuse("verify: no process: %s", strerror(errno));
    if (child == 0) {
        close(ends[0]);
        e.to_parent = ends[1];
        examine(&e);
    }
    close(ends[1]);
    FILE *in = need(fdopen(ends[0], "r"));
    json_t *json = json_loadf(in, 0, NULL);
    fclose(in);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_REFUSED)
        exit(STATUS_REFUSED); /* it has said why */
    if (!json || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        json_decref(json);
        return dead(config, status);
    }
    return json;
}
