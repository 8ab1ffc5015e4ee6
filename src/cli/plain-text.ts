/**
 * ASCII, Latin letters, common punctuation, and the marks that we print ourselves: one column each, and nothing
 * in them can act on a terminal. Most text is this; to ask the Unicode classes about it costs a millisecond at
 * their first use.
 */
export const PLAIN_LINE = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2192\u25c6\u25cb\u25cc\u25cf\u25d0\u2713\u2717]*$/;
