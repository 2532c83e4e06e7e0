"""Who may ask, for what, until when: habilitations and tokens."""
