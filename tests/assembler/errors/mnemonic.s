# SPDX-License-Identifier: GPL-3.0-or-later
        .text
start:  adddi   a0, a0, 1
        frobnicate
        .wrod   3
