/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the assembler's files share. The way of a line: source.c cuts files into lines; macro.c expands; assemble.c
 * hands each to directive.c or instruction.c, which append items to sections; layout.c gives them addresses and
 * fills in what was not known; elf.c, listing.c write it out.
 *
 * A function that parses moves a->at, the cursor in the current line. If it returns false or NULL it has left a
 * message with asm_fail(), and the line is given up with the message that lies furthest to the right.
 */
#ifndef ASSEMBLER_INTERNAL_H
#define ASSEMBLER_INTERNAL_H

#include "assembler.h"
#include "isa/insn.h"

struct assembler; /* the state, and the asm_result */

/* Memory: all of it is freed at once. Never NULL, zeroed; when there is no memory the process ends with a line. */
struct arena {
    struct arena_block *last;
};
void *arena_alloc(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *text, size_t length);
void arena_free(struct arena *arena);
/* A vector in malloc()ed memory with room for one more; returns the (moved) vector. */
void *vector_room(void *vector, size_t count, size_t *capacity, size_t element);

/* Source text. */

struct source {
    const char *name;
    const char *text;
    size_t size;
    unsigned number; /* from 1: the file number in .debug_line */
    struct source *next;
};

/* One statement: comments blanked, no newline or semicolon. */
struct line {
    const char *text;
    struct source *source;
    unsigned number, column;   /* from 1; the column of text[0] */
    unsigned depth;            /* of macro calls */
    const struct line *caller; /* where it was expanded or included; NULL at the top */
    const char *macro;         /* what expanded it; NULL for text that stands in a file */
};

struct lines {
    struct line *all;
    size_t count, capacity;
};
struct where {
    const struct line *line;
    const char *at;
};

/* Appends the statements of `source` to `out` (a vector). */
void source_split(struct assembler *a, struct source *source, const struct line *caller, struct lines *out);
/* Reads a whole file; NULL with errno set. The text is malloc()ed and has a NUL after `size` bytes. */
char *source_read_file(const char *name, size_t *size);

/* Messages. */
enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };
__attribute__((format(printf, 4, 5))) void asm_report(struct assembler *a, enum severity severity, struct where where,
                                                      const char *format, ...);
/* Remembers a message for the line; always false. */
__attribute__((format(printf, 3, 4))) bool asm_fail(struct assembler *a, const char *at, const char *format, ...);

/* The nearest name: offer each candidate, then ask. Nothing nearer than a third of the word is offered back. */
struct nearest {
    char wanted[32];
    const char *best;
    unsigned distance;
};
void nearest_start(struct nearest *n, const char *wanted, size_t length);
void nearest_offer(struct nearest *n, const char *candidate);
/* "; did you mean `x`?" or "", in `buffer` of 80 bytes. */
const char *nearest_hint(const struct nearest *n, char *buffer);

/* Sections are lists of items: runs of fixed bytes, and things whose size depends on addresses. */

enum item_kind { ITEM_BYTES, ITEM_FILL, ITEM_ALIGN, ITEM_ORG, ITEM_BRANCH, ITEM_LEB };

struct item {
    enum item_kind kind;
    uint64_t address, size; /* in the section; settled by layout.c */
    uint8_t *bytes;         /* BYTES: malloc()ed */
    size_t capacity;
    struct expr *expr;        /* FILL: count if not constant; ORG: target; BRANCH: target; LEB: value */
    uint64_t alignment, most; /* ALIGN: a power of two, and the most bytes to skip (0: any) */
    uint64_t value;           /* FILL, ALIGN, ORG: the pattern */
    unsigned width;           /* of the pattern in bytes; 0: no-operation instructions */
    struct insn insn;         /* BRANCH */
    bool flag;                /* BRANCH: may be compressed; LEB: signed */
    struct where where;
};

struct place {
    struct section *section;
    size_t item;
    uint64_t offset;
};

enum fixup_kind {
    FIXUP_DATA,  /* `size` bytes */
    FIXUP_IMM,   /* the immediate as it is */
    FIXUP_UPPER, /* 20 bits of lui, auipc */
    FIXUP_HI,
    FIXUP_LO, /* %hi %lo */
    FIXUP_PCREL_HI,
    FIXUP_PCREL_LO,
    FIXUP_PCREL_NEXT, /* the low part that belongs to the auipc just before */
};

struct fixup {
    enum fixup_kind kind;
    struct place place;
    unsigned size;
    struct insn insn;
    struct expr *expr;
    struct where where;
};

enum { SECTION_WRITE = 1, SECTION_ALLOC = 2, SECTION_EXEC = 4 }; /* SHF_ values */

/* The part of a section that one unit contributes. */
struct section {
    const char *name;
    struct unit *unit;
    struct output *output;
    struct item *items;
    size_t item_count, item_capacity;
    struct fixup *fixups;
    size_t fixup_count, fixup_capacity;
    uint64_t alignment, size, address;
    struct section *next; /* in the unit */
    struct section *next_in_output;
};

/* A section of the image. */
struct output {
    const char *name;
    unsigned flags, type; /* SHF_, SHT_ */
    uint64_t alignment, address, size;
    uint8_t *bytes; /* malloc()ed; NULL for nobits */
    struct section *first, *last;
    struct output *next;
    unsigned index; /* of the ELF section */
};

/* Symbols. */

enum symbol_state { SYMBOL_UNDEFINED, SYMBOL_LABEL, SYMBOL_VALUE };

struct symbol {
    const char *name;
    struct unit *unit;
    enum symbol_state state;
    struct place place;         /* LABEL */
    struct expr *value;         /* VALUE */
    struct where defined, used; /* used.line is NULL if it never was */
    struct expr *size;
    unsigned type;             /* STT_ */
    bool global, weak, hidden; /* hidden: numeric local, not written out */
    bool busy;                 /* its value is being computed */
    struct symbol *next;       /* in the bucket */
    struct symbol *next_in_unit;
};

enum { SYMBOL_BUCKETS = 4096, LOCAL_LABELS = 100 };

struct unit {
    const char *name;
    struct symbol *buckets[SYMBOL_BUCKETS];
    struct symbol *first, *last;
    struct section *sections;
    struct local {
        struct local *next;
        uint64_t number;
        struct symbol *back, *forward;
    } * locals;
    struct unit *next;
};

struct symbol *symbol_get(struct assembler *a, const char *name, size_t length); /* created if new */
struct symbol *symbol_find(const struct unit *unit, const char *name, size_t length);
struct symbol *symbol_local(struct assembler *a, uint64_t number, bool forward);      /* NULL: no such label behind */
struct symbol *symbol_global(const struct assembler *a, const struct symbol *symbol); /* its definition, any unit; NULL */
bool symbol_define_label(struct assembler *a, struct symbol *symbol, const char *at);
void symbol_define_local(struct assembler *a, uint64_t number);
void symbol_check(struct assembler *a); /* reports what stayed undefined, or is defined twice */

/* Expressions. */

/* Operators of two characters are named by a letter that is no operator. */
enum {
    OP_SHIFT_LEFT = 'l',
    OP_SHIFT_RIGHT = 'r',
    OP_EQUAL = 'e',
    OP_NOT_EQUAL = 'n',
    OP_AT_MOST = 'm',
    OP_AT_LEAST = 'g',
    OP_AND = 'a',
    OP_OR = 'o'
};

enum expr_kind { EXPR_NUMBER, EXPR_SYMBOL, EXPR_PLACE, EXPR_UNARY, EXPR_BINARY };

struct expr {
    enum expr_kind kind;
    int op;
    int64_t number;
    struct symbol *symbol;
    struct place place;
    struct expr *left, *right;
    struct where where;
};

/* When an expression is evaluated: while reading (only what can no longer change is known), while sizes settle
 * (the current guess), or at the end (addresses). */
enum phase { PHASE_READ, PHASE_SETTLE, PHASE_FINAL };

/* In a section: `number` counts from the item (PHASE_READ) or the section; with no section it is the number itself.
 * Not known: `symbol` is an undefined one that it hangs on, or NULL. */
struct value {
    bool known;
    int64_t number;
    struct section *section;
    size_t item;
    struct symbol *symbol;
};

struct expr *expr_parse(struct assembler *a); /* NULL: failed */
struct value expr_value(struct assembler *a, const struct expr *e, enum phase phase);
bool expr_constant(struct assembler *a, const struct expr *e, int64_t *out); /* PHASE_READ, a plain number */
bool expr_parse_constant(struct assembler *a, int64_t *out);                 /* must be constant now */
bool expr_address(struct assembler *a, const struct expr *e, uint64_t *out); /* PHASE_FINAL; reports */
struct expr *expr_number(struct assembler *a, int64_t number);
struct expr *expr_place(struct assembler *a, struct place place);
bool expr_is_symbolic(struct assembler *a, const struct expr *e); /* not a plain number, as far as known */

/* Lexing at the cursor. */
void lex_skip_space(struct assembler *a);
bool lex_accept(struct assembler *a, char c); /* skips space before it */
bool lex_expect(struct assembler *a, char c);
bool lex_at_end(struct assembler *a); /* skips space */
bool lex_expect_end(struct assembler *a);
size_t lex_word_length(const char *at);                                /* of a symbol name; 0 if none starts here */
bool lex_name(struct assembler *a, const char **name, size_t *length); /* a symbol, or a quoted one */
bool lex_string(struct assembler *a, char **out, size_t *length);      /* "..." with escapes; arena */
int lex_escape(const char **at);                                       /* after the backslash: one byte */
bool lex_word_is(const char *at, size_t length, const char *word);
struct where asm_here(const struct assembler *a, const char *at);

/* Emitting into the current section. */
struct section *section_get(struct assembler *a, const char *name, const char *flags, int type);
void section_enter(struct assembler *a, struct section *section);
struct place section_place(const struct section *section);
void section_free(struct section *section);
bool emit_room(struct assembler *a, uint64_t size); /* false, with a message, if the limit is passed */
bool emit_bytes(struct assembler *a, const void *bytes, size_t size);
bool emit_number(struct assembler *a, uint64_t number, unsigned size);
bool emit_data(struct assembler *a, struct expr *e, unsigned size);
bool emit_insn(struct assembler *a, const struct insn *i, bool compress);
bool emit_insn_fixup(struct assembler *a, const struct insn *i, enum fixup_kind kind, struct expr *e, const char *at);
bool emit_branch(struct assembler *a, const struct insn *i, struct expr *target, bool compress, const char *at);
struct item *emit_item(struct assembler *a, enum item_kind kind, const char *at);
void emit_nops(uint8_t *out, uint64_t size);

/* Instructions. */
bool insn_compress(const struct insn *i, uint32_t *word); /* as GNU as chooses; false: stays long */
bool instruction_assemble(struct assembler *a, const char *mnemonic, size_t length); /* cursor after the mnemonic */
bool instruction_parse_register(struct assembler *a, unsigned *reg);
bool instruction_known(const char *mnemonic, size_t length);
void instruction_offer(struct nearest *n, insn_profile profile);
bool instruction_is_register(const char *name, size_t length);

/* Lines. */
typedef bool directive_function(struct assembler *a, int argument);
struct directive {
    const char *name;
    directive_function *run;
    int argument;
};
const struct directive *directive_find(const char *name, size_t length);
void directive_offer(struct nearest *n);
/* `name = expression`, the cursor at the expression. once: .equiv. */
bool symbol_assign(struct assembler *a, const char *name, size_t length, const char *at, bool once);

/* Groups of directives, each ended by a row whose name is NULL. */
extern const struct directive directives_data[], directives_section[], directives_symbol[], directives_macro[],
    directives_loop[], directives_condition[];

struct macro;
const struct macro *macro_find(const struct assembler *a, const char *name, size_t length);
bool macro_call(struct assembler *a, const struct macro *macro); /* cursor at the arguments */
void macro_offer(const struct assembler *a, struct nearest *n);

/* Bodies, of macros and loops. */
struct parameter {
    const char *name;
    const char *value; /* default; "" if there is none */
    bool required, rest;
};

/* The lines up to the directive that ends the block, nested blocks and all. NULL if the end never comes. */
const struct line *macro_gather(struct assembler *a, const char *const *openers, const char *closer, size_t *count);
/* Appends the body with the values put in; `what` is named in messages. */
bool macro_expand(struct assembler *a, struct lines *out, const char *what, const struct line *body, size_t lines,
                  const struct parameter *parameters, const char *const *values, unsigned count);
/* One argument; `rest`: all that is left of the line. */
const char *macro_argument(struct assembler *a, bool rest);

/* A file or an expansion being read. */
struct reader {
    struct reader *up;
    struct lines lines;
    size_t next;
    uint64_t repeat;     /* times to read them once more */
    unsigned conditions; /* open .if when it was entered */
    bool expansion, file;
};
bool reader_push(struct assembler *a, struct lines lines, bool expansion, bool file);
const struct line *reader_next(struct assembler *a);
void reader_pop(struct assembler *a);
bool reader_include(struct assembler *a, struct source *source, const struct line *caller);
bool reader_open(struct assembler *a, const char *at, const char *name, char **text, size_t *size, const char **found);
struct source *source_add(struct assembler *a, const char *name, const char *text, size_t size);

enum {
    MOST_CONDITIONS = 128,
    MOST_DEPTH = 200,
    MOST_ERRORS = 20,
    MOST_PUSHED = 64,
    MOST_EXPRESSION = 200,
    MOST_VALUE_DEPTH = 4000,
    MOST_VALUE_STEPS = 1000000
};

struct condition {
    bool active, taken, was_active, seen_else;
    const struct line *line;
};

/* What one line put where: for the listing and the line table. */
struct record {
    const struct line *line;
    struct place from, to;
};

struct assembler {
    struct asm_options options;
    FILE *messages;
    unsigned errors;
    bool stopped; /* too many errors, or .end */

    struct arena arena;
    struct source *sources;
    unsigned source_count;
    struct unit *units, *unit;
    struct output *outputs;
    struct macro *macros;
    uint64_t expansions; /* \@ */
    uint64_t lines_read, bytes_emitted;

    struct reader *reader;
    const struct line *line;
    const char *at;
    unsigned depth;                    /* of parentheses in an expression */
    unsigned value_depth, value_steps; /* of the evaluation under way */
    const char *failed_at;
    char failure[256];

    struct section *section, *previous;
    struct {
        struct section *section, *previous;
    } pushed[MOST_PUSHED];
    unsigned pushed_count;
    bool compress;
    bool compress_stack[MOST_PUSHED];
    unsigned compress_depth;
    struct condition conditions[MOST_CONDITIONS];
    unsigned condition_count;

    struct record *records;
    size_t record_count, record_capacity;
    uint64_t entry;
    uint8_t *image; /* malloc()ed by asm_image() */
};

void layout_run(struct assembler *a);               /* sizes, addresses, bytes */
uint64_t layout_address(const struct place *place); /* after layout_run() */

/* Fills in the bytes of a section in its output. */
void layout_write(struct assembler *a, struct section *s);
/* A LEB128 number, of 10 bytes at most; returns how many. */
unsigned layout_leb(uint64_t number, bool is_signed, uint8_t *out);

/* .debug_line and what leads a debugger to it; malloc()ed. */
struct debug_data {
    uint8_t *bytes;
    size_t size, capacity;
};
void debug_build(const struct assembler *a, struct debug_data *line, struct debug_data *info, struct debug_data *abbrev);

#endif
