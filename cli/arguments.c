/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checking what argp will parse, and values.
 */
#include "arguments.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

#define OPTIONS_MOST 64

/* All options of an argp and its children, by name, and those that argp adds. */
struct known {
    const struct argp_option *option[OPTIONS_MOST];
    const char *name[OPTIONS_MOST];
    unsigned count;
    const char *subcommand;
};

static const struct argp_option added_options[] = {
    {"help", '?', NULL, 0, NULL, 0}, {"usage", 0x300, NULL, 0, NULL, 0}, {0}};

static void add_options(struct known *k, const struct argp_option *o)
{
    for (; o && (o->name || o->key || o->doc || o->group); o++) {
        if ((!o->name && !o->key) || k->count == OPTIONS_MOST)
            continue;
        k->option[k->count] = o;
        k->name[k->count++] = o->name ? o->name : "";
    }
}

/* The option of that whole name, or the only one that begins so. */
static const struct argp_option *find_long(const struct known *k, const char *word, size_t length)
{
    const struct argp_option *found = NULL;
    for (unsigned i = 0; i < k->count; i++) {
        if (strncmp(k->name[i], word, length) != 0)
            continue;
        if (k->name[i][length] == '\0')
            return k->option[i];
        if (found)
            refuse("option '--%.*s' can mean --%s or --%s", (int)length, word, found->name, k->name[i]);
        found = k->option[i];
    }
    if (found)
        return found;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    const char *near = nearest(name, k->name, k->count, sizeof k->name[0]);
    if (near)
        refuse("unknown option '--%s' (did you mean '--%s'?)", name, near);
    refuse("unknown option '--%s'; see trapeze %s --help", name, k->subcommand);
}

static const struct argp_option *find_short(const struct known *k, char letter)
{
    for (unsigned i = 0; i < k->count; i++)
        if (k->option[i]->key == letter)
            return k->option[i];
    refuse("unknown option '-%c'; see trapeze %s --help", letter, k->subcommand);
}

/* Does the option at argv[i] take argv[i + 1] as its value? */
static bool takes_next(const struct known *k, int argc, char **argv, int i)
{
    const char *word = argv[i];
    bool has_value;
    const struct argp_option *o;
    if (word[1] == '-') {
        size_t length = strcspn(word + 2, "=");
        o = find_long(k, word + 2, length);
        has_value = word[2 + length] == '=';
        if (has_value && !o->arg)
            refuse("option '--%s' takes no value", o->name);
    } else {
        o = find_short(k, word[1]);
        while (!o->arg && word[2] != '\0') /* several letters in one */
            o = find_short(k, (++word)[1]);
        has_value = word[2] != '\0';
    }
    if (!o->arg || o->flags & OPTION_ARG_OPTIONAL || has_value)
        return false;
    if (i + 1 == argc)
        refuse("option '--%s' needs a value", o->name);
    return true;
}

static void check_all(struct known *known, int argc, char **argv)
{
    add_options(known, added_options);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (argv[i][0] == '-' && argv[i][1] != '\0')
            i += takes_next(known, argc, argv, i);
}

void arguments_check(const struct argp_option *options, int argc, char **argv)
{
    struct known known = {.subcommand = argv[0]};
    add_options(&known, options);
    check_all(&known, argc, argv);
}

void arguments_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    struct known known = {.subcommand = argv[0]};
    add_options(&known, argp->options);
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        add_options(&known, c->argp->options);
    check_all(&known, argc, argv);

    char name[32];
    char **copy = need(calloc((size_t)argc + 1, sizeof *copy));
    snprintf(name, sizeof name, "trapeze %s", argv[0]);
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    copy[0] = name;
    error_t error = argp_parse(argp, argc, copy, ARGP_IN_ORDER, NULL, input);
    free(copy);
    if (error)
        refuse("%s", strerror(error));
}

uint64_t argument_number(const char *option, const char *value, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, strncmp(value, "0x", 2) == 0 ? 16 : 10);
    if (!isdigit((unsigned char)value[0]) || *end || errno || number < least || number > most)
        refuse("%s '%s': a number from %llu to %llu is wanted", option, value, (unsigned long long)least,
               (unsigned long long)most);
    return number;
}

uint64_t argument_size(const char *option, const char *value)
{
    static const char letters[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    const char *letter = *end ? strchr(letters, toupper((unsigned char)*end)) : strchr(letters, 'M');
    unsigned shift = letter ? 10 * (unsigned)(letter - letters + 1) : 0;
    if (!isdigit((unsigned char)value[0]) || !letter || (*end && end[1]) || errno)
        refuse("%s '%s': a size like 128M or 1G is wanted", option, value);
    return number > UINT64_MAX >> shift ? UINT64_MAX : number << shift;
}

insn_profile argument_profile(const char *option, const char *value)
{
    insn_profile profile;
    const char *why = profile_parse(value, &profile);
    if (why)
        refuse("%s '%s': %s", option, value, why);
    return profile;
}

unsigned argument_choice(const char *option, const char *value, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(names[i], value) == 0)
            return i;
    char hint[64], list[128] = "";
    for (unsigned i = 0; i < count; i++) {
        const char *between = i + 1 < count ? ", " : " or ";
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? between : "", names[i]);
    }
    refuse("%s '%s': %s is wanted%s", option, value, list,
           suggest(hint, sizeof hint, value, names, count, sizeof names[0]));
}
