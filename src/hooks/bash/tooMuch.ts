// Why an analysis is given up.

/** Thrown when a command is too large or too deep to be judged. Its message is told to the model and the person. */
export class TooMuch extends Error {}
