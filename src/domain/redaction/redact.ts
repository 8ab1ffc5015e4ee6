import { looksRandom, secretName } from './secret-names.js';
import { SecretValues } from './secret-values.js';
import { MASK, maskShapes } from './shapes.js';

export interface Redaction {
  /** JSON pointer (RFC 6901) into the redacted value. */
  readonly pointer: string;
  /** `masked`: a part of a text. `erased`: the whole value. */
  readonly how: 'masked' | 'erased';
}

export interface RedactOptions {
  /** Values that must not appear, such as those of the run's own secret variables. */
  readonly secrets: readonly string[];
  /** Binds what was erased to its value, so that somebody who knows both can show it later: an HMAC under a salt that is kept elsewhere. */
  readonly commit?: (text: string) => string;
}

export interface Redacted {
  readonly value: unknown;
  readonly redacted: readonly Redaction[];
}

/** What lies beyond is erased unread: nothing passes because there was too much of it. */
export const REDACTION_LIMITS = { depth: 64, nodes: 200_000, characters: 8 * 1024 * 1024, textCharacters: 1024 * 1024, pointers: 1_000 } as const;

/** A JSON value without secrets. Time grows with the size of the value; redacting again changes nothing. */
export function redact(value: unknown, options: RedactOptions): Redacted {
  return new Redactor(options).redact(value);
}

/** The same for many values: the spellings of the secrets are worked out once. */
export class Redactor {
  readonly #secrets: SecretValues;
  readonly #commit: RedactOptions['commit'];

  constructor(options: RedactOptions) {
    this.#secrets = new SecretValues(options.secrets);
    this.#commit = options.commit;
  }

  redact(value: unknown): Redacted {
    const walk = new Walk({ mask: (text) => this.text(text), commit: this.#commit });
    return { value: walk.visit(value, { pointer: '', name: '', depth: 0 }), redacted: walk.redacted };
  }

  /** Free text without secrets. */
  text(text: string): string {
    return maskShapes(this.#secrets.mask(text));
  }
}

interface Place {
  readonly pointer: string;
  /** Of the nearest field; an element of a list goes by the name of the list. */
  readonly name: string;
  readonly depth: number;
}

interface WalkTools {
  readonly mask: (text: string) => string;
  readonly commit: RedactOptions['commit'];
}

class Walk {
  readonly redacted: Redaction[] = [];
  readonly #tools: WalkTools;
  #nodes = 0;
  #characters = 0;

  constructor(tools: WalkTools) {
    this.#tools = tools;
  }

  visit(value: unknown, place: Place): unknown {
    this.#nodes += 1;
    if (typeof value === 'string') return this.#text(value, place);
    if (typeof value !== 'object' || value === null) return value;
    if (place.depth >= REDACTION_LIMITS.depth || this.#nodes > REDACTION_LIMITS.nodes) return this.#erase('', place);
    if (Array.isArray(value)) return value.map((item: unknown, index) => this.visit(item, { pointer: `${place.pointer}/${index}`, name: place.name, depth: place.depth + 1 }));
    return this.#object(value as Record<string, unknown>, place);
  }

  /** Names of fields can be secrets as well. Made from entries, so that `__proto__` is a field like any other. */
  #object(value: Record<string, unknown>, place: Place): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    let masks = 0;
    for (const [key, member] of Object.entries(value)) {
      const masked = this.#bounded(key) ? this.#tools.mask(key) : MASK;
      // Two names may become the same.
      if (masked !== key) masks += 1;
      const name = masked !== key && masks > 1 ? `${masked}#${masks}` : masked;
      const pointer = `${place.pointer}/${escapePointer(name)}`;
      if (name !== key) this.#note({ pointer, how: 'masked' });
      entries.set(name, this.visit(member, { pointer, name: key, depth: place.depth + 1 }));
    }
    return Object.fromEntries(entries);
  }

  #text(text: string, place: Place): unknown {
    if (text === '' || text === MASK) return text;
    if (!this.#bounded(text)) return this.#erase(text, place);
    const named = secretName(place.name);
    if (named === 'strong' || (named === 'weak' && looksRandom(text))) return this.#erase(text, place);
    const masked = this.#tools.mask(text);
    if (masked === text) return text;
    this.#note({ pointer: place.pointer, how: 'masked' });
    return masked;
  }

  #bounded(text: string): boolean {
    this.#characters += text.length;
    return text.length <= REDACTION_LIMITS.textCharacters && this.#characters <= REDACTION_LIMITS.characters && this.#nodes <= REDACTION_LIMITS.nodes;
  }

  #erase(text: string, place: Place): unknown {
    this.#note({ pointer: place.pointer, how: 'erased' });
    const { commit } = this.#tools;
    return commit === undefined || text === '' ? MASK : { redacted: true, commit: commit(text) };
  }

  /** Beyond the limit the first places stand for the rest. */
  #note(redaction: Redaction): void {
    if (this.redacted.length < REDACTION_LIMITS.pointers) this.redacted.push(redaction);
  }
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
