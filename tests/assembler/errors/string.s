        .ascii  "never closed
        nop
        .byte   300
/* and this comment
