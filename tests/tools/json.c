/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json FILE PATH...: prints what lies at each dotted path of a JSON file (numbers index arrays), one a line: strings as they
 * are, all else as JSON, keys sorted; "missing" where there is nothing. Path "." is everything.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *find(json_t *at, const char *path)
{
    char copy[256], *rest = copy, *name;
    snprintf(copy, sizeof copy, "%s", path);
    if (strcmp(path, ".") == 0)
        return at;
    while (at && (name = strsep(&rest, ".")) != NULL)
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
    return at;
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *json = argc > 1 ? json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!json) {
        fprintf(stderr, "json: %s\n", argc > 1 ? error.text : "no file");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        json_t *value = find(json, argv[i]);
        if (!value)
            puts("missing");
        else if (json_is_string(value))
            puts(json_string_value(value));
        else if (json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT) == 0)
            putchar('\n');
    }
    json_decref(json);
    return 0;
}
