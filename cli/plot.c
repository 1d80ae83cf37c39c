/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A script for gnuplot, with the data in it; gnuplot as a child that reads it from stdin and writes the picture to stdout.
 */
#include "plot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"
#include "output.h"

/* --- what is drawn by what -------------------------------------------------------------------------------------------------- */

static const struct kind {
    const char *suffix, *terminal; /* with the height to be filled in ... */
    unsigned dots;                 /* ... in units of so many dots */
} kinds[] = {
    {".svg", "svg noenhanced size 900,%g font 'DejaVu Sans,Helvetica,Arial,sans-serif,13' background 'white'", 1},
    {".png", "pngcairo noenhanced size 900,%g font 'Sans,11'", 1},
    {".pdf", "pdfcairo noenhanced size 9in,%gin font 'Sans,12'", 100},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct kind *kind_of(const char *path)
{
    size_t n = strlen(path);
    for (unsigned i = 0; i < KINDS; i++)
        if (n > 4 && strcmp(path + n - 4, kinds[i].suffix) == 0)
            return &kinds[i];
    return NULL;
}

/* Is there such a program in PATH? */
static bool has_program(const char *name)
{
    const char *path = getenv("PATH");
    char *copy = need(strdup(path ? path : "/usr/bin:/bin")), *rest = copy, file[4096];
    bool found = false;
    while (rest && !found) {
        const char *folder = strsep(&rest, ":");
        snprintf(file, sizeof file, "%s/%s", *folder ? folder : ".", name);
        found = access(file, X_OK) == 0;
    }
    free(copy);
    return found;
}

void plot_check(const char *path)
{
    if (!path)
        return;
    if (!kind_of(path))
        refuse("--plot '%s': a name that ends in .svg, .png or .pdf is wanted", path);
    if (!has_program("gnuplot"))
        refuse("--plot needs gnuplot, which is not installed (Debian: gnuplot-nox)");
    output_check(path);
}

/* --- the script --------------------------------------------------------------------------------------------------------------- */

/* Colours that stay apart for the colour-blind (Okabe and Ito). */
static const char *const colours[OWNER_count] = {
    [OWNER_GUEST] = "#0072b2",   [OWNER_TRAP] = "#d55e00",   [OWNER_SWITCH] = "#e69f00", [OWNER_WALK] = "#f0e442",
    [OWNER_MONITOR] = "#009e73", [OWNER_DEVICE] = "#cc79a7", [OWNER_IDLE] = "#bbbbbb",
};

void plot_text(const char *text, FILE *out)
{
    fputc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("''", out);
        else
            fputc((unsigned char)*text < ' ' ? '?' : *text, out);
    fputc('\'', out);
}

const char *plot_colour(unsigned i)
{
    static const char *const names[8] = {"#0072b2", "#d55e00", "#009e73", "#e69f00",
                                         "#cc79a7", "#56b4e9", "#f0e442", "#444444"};
    return names[i % 8];
}

/* Of each owner a block of data: for each run where its part of the bar begins and ends; and of the totals one. */
static void put_data(const struct run_report *runs, unsigned count, FILE *out)
{
    double low[METHODS_MOST] = {0}, unit = (double)(runs[0].cycles ? runs[0].cycles : 1);
    for (unsigned owner = 0; owner < OWNER_count; owner++) {
        fprintf(out, "$owner%u << EOD\n", owner);
        for (unsigned i = 0; i < count; i++) {
            double high = low[i] + (double)runs[i].cycles_by_owner[owner] / unit;
            fprintf(out, "%.6f %.6f %u\n", low[i], high, i + 1);
            low[i] = high;
        }
        fputs("EOD\n", out);
    }
    fputs("$totals << EOD\n", out);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%.6f %u %.2f\n", low[i], i + 1, low[i]);
    fputs("EOD\n", out);
}

static void put_axes(const struct run_report *runs, unsigned count, FILE *out)
{
    char title[512], label[128];
    const char *slash = strrchr(runs[0].image, '/');
    uint64_t most = 1;
    snprintf(title, sizeof title, "Cycles by owner: %s", slash ? slash + 1 : runs[0].image);
    snprintf(label, sizeof label, "cycles, as multiples of %s's", runs[0].method->title);
    fputs("set title ", out);
    plot_text(title, out);
    fputs("\nset xlabel ", out);
    plot_text(label, out);
    fputs(" offset 0,0.3\nset ytics scale 0 (", out);
    for (unsigned i = 0; i < count; i++) {
        plot_text(runs[i].method->title, out);
        fprintf(out, " %u%s", i + 1, i + 1 < count ? ", " : ")\n");
        most = runs[i].cycles > most ? runs[i].cycles : most;
    }
    double unit = (double)(runs[0].cycles ? runs[0].cycles : 1);
    fprintf(out, "set xrange [0:%.6f]\nset yrange [%u.5:0.5]\n", 1.1 * (double)most / unit, count);
}

struct bars {
    const struct run_report *runs;
    unsigned count;
};

static void put_bars(const void *data, FILE *out)
{
    const struct run_report *runs = ((const struct bars *)data)->runs;
    unsigned count = ((const struct bars *)data)->count;
    fputs("set key outside below center horizontal Left reverse samplen 1 height 1.5\n"
          "set border 1\nset xtics nomirror out\nset grid xtics lc rgb '#dddddd' lt 1\n"
          "set style fill solid 1 noborder\n",
          out);
    put_axes(runs, count, out);
    put_data(runs, count, out);
    fputs("plot", out);
    for (unsigned owner = 0; owner < OWNER_count; owner++) {
        uint64_t any = 0;
        for (unsigned i = 0; i < count; i++)
            any |= runs[i].cycles_by_owner[owner];
        if (any)
            fprintf(out, " $owner%u using 1:3:1:2:($3-0.36):($3+0.36) with boxxyerror fc rgb '%s' title '%s',", owner,
                    colours[owner], cost_owner_names[owner]);
    }
    fputs(" $totals using 1:2:(sprintf('%.2f', $3)) with labels left offset 0.6,0 notitle\n", out);
}

/* --- gnuplot ------------------------------------------------------------------------------------------------------------------ */

/* The first line of what gnuplot has complained of. */
static void first_line(FILE *errors, char *line, size_t n)
{
    line[0] = '\0';
    rewind(errors);
    while (fgets(line, (int)n, errors) && strspn(line, " \t\n^") == strlen(line))
        ;
    line[strcspn(line, "\n")] = '\0';
}

/* Runs it with these as its stdin, stdout and stderr. Returns its status, or -1. */
static int run_gnuplot(FILE *script, FILE *picture, FILE *errors)
{
    extern char **environ;
    char *argv[] = {"gnuplot", "--default-settings", "-", NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(picture), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO);
    if (posix_spawnp(&child, argv[0], &actions, NULL, argv, environ) == 0)
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

void plot_draw(const char *path, double height, void (*put)(const void *data, FILE *script), const void *data)
{
    char line[256];
    struct output out;
    const struct kind *kind = kind_of(path);
    FILE *script = need(tmpfile()), *errors = need(tmpfile());
    fputs("set terminal ", script);
    fprintf(script, kind->terminal, height / kind->dots);
    fputc('\n', script);
    put(data, script);
    if (fflush(script) != 0 || lseek(fileno(script), 0, SEEK_SET) != 0)
        refuse("--plot: a temporary file cannot be written: %s", strerror(errno));
    output_begin(&out, path);
    int status = run_gnuplot(script, out.file, errors);
    first_line(errors, line, sizeof line);
    fclose(script);
    fclose(errors);
    if (status != 0) {
        output_drop(&out);
        refuse("--plot %s: gnuplot failed: %s", path, line[0] ? line : "it said nothing");
    }
    output_end(&out);
}

void plot_write(const struct run_report *runs, unsigned count, const char *path)
{
    plot_draw(path, 150.0 + 45 * count, put_bars, &(struct bars){runs, count});
}
