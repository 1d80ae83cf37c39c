        .text
start:  adddi   a0, a0, 1
        frobnicate
        .wrod   3
