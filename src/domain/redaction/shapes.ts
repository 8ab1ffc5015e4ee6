/** What stands where a secret was. */
export const MASK = '[redacted]';

/**
 * Shapes that providers give to credentials. Every quantifier is bounded, or can begin only where a run of its
 * characters begins, so that a search costs time in proportion to the text.
 */
const SHAPES: readonly RegExp[] = [
  // AWS access key ids: long-term, temporary, and those of roles and groups.
  /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
  // GitHub: personal, OAuth, user, server, refresh, fine-grained.
  /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,255}/g,
  /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{22,255}/g,
  /(?<![A-Za-z0-9])gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt|oas)-[A-Za-z0-9_.=-]{16,255}/g,
  /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,255}/g,
  /(?<![A-Za-z0-9])xapp-\d-[A-Za-z0-9-]{10,255}/g,
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/]{20,255}/g,
  // Stripe; "whsec" signs its webhooks.
  /(?<![A-Za-z0-9])(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,255}/g,
  /(?<![A-Za-z0-9])whsec_[A-Za-z0-9+/=]{16,255}/g,
  /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{20,255}/g,
  /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{32,1024}/g,
  // Anthropic, OpenAI and those who follow their form. A word that merely ends in "sk-" is not meant.
  /(?<![A-Za-z0-9])sk-(?:[a-z]{2,16}[0-9]{0,2}-){0,3}[A-Za-z0-9_-]{16,255}/g,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,64}/g,
  /(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{20,1024}/g,
  /(?<![A-Za-z0-9])GOCSPX-[A-Za-z0-9_-]{20,64}/g,
  /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{20,255}/g,
  /(?<![A-Za-z0-9])dop_v1_[a-f0-9]{40,128}/g,
  /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}/g,
  // JSON Web Tokens.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}/g,
  /(?<=\b(?:Bearer|Basic|token)\s{1,4})[A-Za-z0-9._~+/=-]{16,}/gi,
  // Name and password of a URL.
  /(?<=[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)[^\s/@"'`<>]{1,1024}(?=@)/g,
];

const KEY_BEGIN = '-----BEGIN ';
const KEY_KIND = /^[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_END = '-----END ';
const KEY_KIND_CHARACTERS = 80;
const MAX_ROUNDS = 4;
/** What is shorter has none of the shapes, but for the name in a URL, which ends in an @. */
const MIN_CHARACTERS = 15;

/** The text without anything that has the shape of a credential. */
export function maskShapes(text: string): string {
  if (text.length < MIN_CHARACTERS && !text.includes('@')) return text;
  let masked = maskOnce(text);
  // What was taken out may have hidden the beginning of something else.
  for (let round = 1, before = text; masked !== before && round < MAX_ROUNDS; round += 1) [before, masked] = [masked, maskOnce(masked)];
  return masked;
}

function maskOnce(text: string): string {
  return SHAPES.reduce((rest, shape) => rest.replace(shape, MASK), maskPrivateKeys(text));
}

/** A block without an end is masked to the end of the text: it was cut, and is no less a key. */
function maskPrivateKeys(text: string): string {
  let masked = '';
  let at = 0;
  for (let begin = text.indexOf(KEY_BEGIN); begin !== -1; begin = text.indexOf(KEY_BEGIN, at)) {
    const kindAt = begin + KEY_BEGIN.length;
    if (!KEY_KIND.test(text.slice(kindAt, kindAt + KEY_KIND_CHARACTERS))) {
      masked += text.slice(at, kindAt);
      at = kindAt;
      continue;
    }
    masked += `${text.slice(at, begin)}${MASK}`;
    const end = text.indexOf(KEY_END, kindAt);
    if (end === -1) return masked;
    const close = text.indexOf('-----', end + KEY_END.length);
    at = close === -1 ? text.length : close + '-----'.length;
  }
  return masked + text.slice(at);
}
