const SECRET_NAME = /key|token|secret|passw|credential|auth|cookie|session/i;
const MASK = '[removed]';
/** Shorter values of secret-looking variables ("1", "true") would blank out half of the report. */
const MIN_SECRET_CHARACTERS = 8;

/** Shapes that providers give to keys, credentials inside URLs, bearer values, and private key blocks. */
const SECRET_SHAPES: readonly RegExp[] = [
  /\b(?:sk|pk|rk|ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs]|AKIA|ASIA|AIza|hf|npm)[-_]?[A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /(?<=\bBearer\s+)\S+/gi,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
];

/** The words of a command line without what looks like a secret: values of secret-looking options and assignments. */
export function redactWords(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const before = words[index - 1] ?? '';
    const followsSecretOption = before.startsWith('--') && !before.includes('=') && SECRET_NAME.test(before);
    if (followsSecretOption && !word.startsWith('-')) return MASK;
    const [name, ...value] = word.split('=');
    return value.length > 0 && SECRET_NAME.test(name ?? '') ? `${name ?? ''}=${MASK}` : word;
  });
}

/** Free text (a stack, a message) without values of secret-looking variables and without what has the shape of a key. */
export function redactText(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  const values = Object.entries(environment)
    .filter(([name]) => SECRET_NAME.test(name))
    .map(([, value]) => value ?? '')
    .filter((value) => value.length >= MIN_SECRET_CHARACTERS)
    .sort((a, b) => b.length - a.length);
  const withoutValues = values.reduce((rest, value) => rest.replaceAll(value, MASK), text);
  return SECRET_SHAPES.reduce((rest, shape) => rest.replaceAll(shape, MASK), withoutValues);
}
