/** Ends the reading: something's effect can't be told from the text. Never leaves this folder. */
export class Unreadable extends Error {}
