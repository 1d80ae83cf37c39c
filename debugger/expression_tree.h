/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tree of an expression: between its parser and its evaluation.
 */
#ifndef DEBUGGER_EXPRESSION_TREE_H
#define DEBUGGER_EXPRESSION_TREE_H

#include "debugger/expression.h"

enum expression_kind {
    X_NUMBER, X_REGISTER, X_PC, X_CSR, X_MODE, X_STEPS, X_NOW, X_INSNS, X_CYCLES, X_COUNTER, X_EXITS, X_REASON, X_TECHNIQUE,
    X_CAUSE, X_TVAL, X_EPC,
    X_MEMORY, X_NOT, X_MINUS, X_FLIP, X_BINARY,
};

enum expression_operator {
    O_MUL, O_DIV, O_REM, O_ADD, O_SUB, O_SHL, O_SHR, O_LE, O_GE, O_LT, O_GT, O_EQ, O_NE, O_AND, O_XOR, O_OR, O_BOTH, O_EITHER,
    O_count,
};

struct expression {
    enum expression_kind kind;
    enum expression_operator operator;
    bool real;              /* of the real hart, not the guest's; of memory: physical */
    unsigned number;        /* of a register, CSR, exit reason; bytes of memory */
    unsigned low, width;    /* of a CSR's part; 0: all of it */
    size_t offset;          /* of a counter */
    uint64_t value;
    struct expression *a, *b;   /* owned */
};

#endif
