// Text that is no command of bash.

/** Thrown for text that bash would refuse. */
export class NotShell extends Error {}
