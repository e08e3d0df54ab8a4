"""Cards and bank accounts on file: saved on the processor's page, shown by a label, charged by a token."""
