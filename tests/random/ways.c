/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways in which each random program is run: natively with the machine's short cuts off; under each technique with each
 * of its options; switching; and with stress.
 */
#include <stdio.h>
#include <string.h>

#include "execution.h"
#include "vmm/technique/technique.h"

const struct technique *any_technique(unsigned i)
{
    return i < techniques_count ? techniques[i] : &technique_interpreted;
}

unsigned any_techniques(void)
{
    return techniques_count + 1;
}

struct list {
    struct way *ways;
    unsigned count;
    const char *only;
};

static void add(struct list *list, struct way way, const char *name, const char *option)
{
    snprintf(way.name, sizeof way.name, "%s%s%s", name, way.shadow == SHADOW_TRACED ? ",traced" : "", option);
    bool wanted = list->only ? strncmp(way.name, list->only, strlen(list->only)) == 0 : strcmp(name, "broken") != 0;
    if (wanted && list->count < WAYS_MAX)
        list->ways[list->count++] = way;
}

/* One technique with these tables. */
static void add_tables(struct list *list, struct way way, const char *name)
{
    add(list, way, name, "");
    way.stress.one_instruction = true;
    add(list, way, name, ",one");
    way.stress = (struct machine_stress){.flush_tlb = 60};
    add(list, way, name, ",tlb");
    way.stress.flush_tlb = 0;
    way.audit = true;
    add(list, way, name, ",audit");
    way.audit = false;
    way.tight = true;
    add(list, way, name, ",tight");
}

static void add_technique(struct list *list, const struct technique *technique)
{
    bool assisted = technique == &technique_hw;
    struct way way = {.technique = technique, .mmu = MMU_SHADOW};
    for (way.shadow = SHADOW_FLUSH; way.shadow <= SHADOW_TRACED; way.shadow++)
        add_tables(list, way, assisted ? "hw,shadow" : technique->name);
    if (assisted)
        add_tables(list, (struct way){.technique = technique, .mmu = MMU_NESTED}, "hw,nested");
}

static void add_translator(struct list *list)
{
    struct way way = {.technique = &technique_bt, .shadow = SHADOW_TRACED};
    way.translator.no_chain = true;
    add(list, way, "bt", ",no-chain");
    way.translator = (struct translator_options){.no_inline = true};
    add(list, way, "bt", ",no-inline");
    way.translator = (struct translator_options){.no_adaptive = true};
    add(list, way, "bt", ",no-adaptive");
    way.translator = (struct translator_options){true, true, true};
    add(list, way, "bt", ",no-all");
}

static void add_switching(struct list *list)
{
    struct way way = {.technique = techniques[0], .switches = true};
    for (way.shadow = SHADOW_FLUSH; way.shadow <= SHADOW_TRACED; way.shadow++)
        for (unsigned i = 0; i < techniques_count; i++) {
            if (techniques[i]->paravirtual)
                continue;
            way.technique = techniques[i];
            char option[sizeof way.name];
            way.mmu = way.shadow == SHADOW_TRACED ? MMU_SHADOW : MMU_NESTED;
            snprintf(option, sizeof option, ",%s", techniques[i]->name);
            add(list, way, "switch", option);
        }
}

unsigned ways_list(struct way *ways, const char *only)
{
    struct list list = {ways, 0, only};
    add(&list, (struct way){.audit = true}, "native", ",fenced");
    add(&list, (struct way){.same_cycles = true, .stress.one_instruction = true}, "native", ",one");
    add(&list, (struct way){.stress.flush_tlb = 60}, "native", ",tlb");
    for (unsigned i = 0; i < techniques_count; i++)
        if (!techniques[i]->paravirtual) /* it runs these programs as te does */
            add_technique(&list, techniques[i]);
    add(&list, (struct way){.technique = &technique_interpreted}, "interpreted", "");
    add_translator(&list);
    add_switching(&list);
    add(&list, (struct way){.technique = &technique_broken}, "broken", "");
    return list.count;
}
