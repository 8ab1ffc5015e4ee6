import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, Redactor, REDACTION_LIMITS } from '../../../../src/domain/redaction/redact.js';
import { secretName } from '../../../../src/domain/redaction/secret-names.js';
import { secretValues } from '../../../../src/domain/redaction/secret-values.js';
import { MASK, maskShapes } from '../../../../src/domain/redaction/shapes.js';

// Put together here, so that no scanner of repositories takes this file for a leak.
const random = (length: number): string => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC'.repeat(8).slice(0, length);
const TOKENS: Readonly<Record<string, string>> = {
  aws: ['AKIA', 'ABCDEFGH234567AB'].join(''),
  github: `ghp_${random(36)}`,
  'github fine-grained': `github_pat_${random(22)}_${random(59)}`,
  gitlab: `glpat-${random(20)}`,
  slack: `xoxb-${'1'.repeat(12)}-${random(24)}`,
  stripe: `sk_live_${random(24)}`,
  npm: `npm_${random(36)}`,
  pypi: `pypi-${random(60)}`,
  openai: `sk-${random(48)}`,
  'openai project': `sk-proj-${random(64)}`,
  anthropic: `sk-ant-api03-${random(93)}`,
  google: `AIza${random(35)}`,
  'hugging face': `hf_${random(34)}`,
  jwt: `eyJ${random(20)}.eyJ${random(30)}.${random(43)}`,
  'private key': `-----BEGIN OPENSSH PRIVATE KEY-----\n${random(64)}\n${random(64)}\n-----END OPENSSH PRIVATE KEY-----`,
};

describe('shapes of credentials', () => {
  it.each(Object.entries(TOKENS))('%s is taken out of the middle of a text', (_name, token) => {
    for (const text of [token, `before ${token} after`, `x="${token}"`, `KEY=${token}\n`, `/${token}/`, `(${token})`]) {
      const masked = maskShapes(text);
      expect(masked).toContain(MASK);
      expect(masked).not.toContain(token.slice(8, 40));
      expect(maskShapes(masked)).toBe(masked);
    }
  });

  it('name and password of a URL, and what follows Bearer', () => {
    expect(maskShapes('git clone https://ann:hunter2@example.com/x.git')).toBe(`git clone https://${MASK}@example.com/x.git`);
    expect(maskShapes('redis://:secret@cache:6379')).toBe(`redis://${MASK}@cache:6379`);
    expect(maskShapes(`Authorization: Bearer ${random(30)}`)).toBe(`Authorization: Bearer ${MASK}`);
  });

  it('a private key that was cut is masked to its end', () => {
    expect(maskShapes(`a -----BEGIN RSA PRIVATE KEY-----\n${random(64)}`)).toBe(`a ${MASK}`);
    expect(maskShapes('-----BEGIN CERTIFICATE-----\nabc')).toBe('-----BEGIN CERTIFICATE-----\nabc');
  });

  it.each(['task-4k9x2m', 'a task-with-a-rather-long-name here', 'disk-usage-of-the-whole-machine', 'src/key/token.ts', 'd41d8cd98f00b204e9800998ecf8427e', 'ai/0123456789abcdef', 'https://example.com/a@b', 'npm run test', 'npm_config_registry', 'eyJ', '2026-03-01T09:30:00.000Z', 'xoxo'])('%s stays', (text) => {
    expect(maskShapes(text)).toBe(text);
  });

  it('takes time in proportion to hostile text', () => {
    const hostile = ['sk-', 'eyJ', 'eyJaaaaaaaa.', '-----BEGIN ', '-----BEGIN RSA PRIVATE KEY', '://', 'a://b', 'ghp_', 'Bearer ', 'pypi-', 'sk-a-', '-----BEGIN PRIVATE KEY----------END '];
    for (const piece of hostile) {
      const began = performance.now();
      maskShapes(piece.repeat(Math.ceil(300_000 / piece.length)));
      expect(performance.now() - began, piece).toBeLessThan(3_000);
    }
  });
});

describe('redacting a value', () => {
  it('says where, as JSON pointers, and leaves the rest', () => {
    const { value, redacted } = redact({ a: { 'b/c~d': [1, `x ${TOKENS['github']!}`] }, password: 'hunter2', n: null, t: true }, { secrets: [] });
    expect(value).toEqual({ a: { 'b/c~d': [1, `x ${MASK}`] }, password: MASK, n: null, t: true });
    expect(redacted).toEqual([
      { pointer: '/a/b~1c~0d/1', how: 'masked' },
      { pointer: '/password', how: 'erased' },
    ]);
  });

  it('erases what looks random under a telling name, and not what does not', () => {
    const { value } = redact({ apiKey: 'abc', token: random(32), key: 'main', idempotencyKey: 'nightly-build', tokens: ['short', random(40)], fencingToken: 4_294_967_297 }, { secrets: [] });
    expect(value).toEqual({ apiKey: MASK, token: MASK, key: 'main', idempotencyKey: 'nightly-build', tokens: ['short', MASK], fencingToken: 4_294_967_297 });
  });

  it('tells secret names from others', () => {
    for (const name of ['password', 'DB_PASSWORD', 'clientSecret', 'AWS_SECRET_ACCESS_KEY', 'api-key', 'apiKey', 'Authorization', 'set-cookie', 'privateKey']) expect(secretName(name), name).toBe('strong');
    for (const name of ['token', 'OPENAI_KEY', 'NPM_TOKEN', 'auth']) expect(secretName(name), name).toBe('weak');
    for (const name of ['', 'keyboard', 'monkey', 'tokenizer', 'author', 'secretary', 'title', 'PATH']) expect(secretName(name), name).toBe('none');
  });

  it('takes the values of secret variables only', () => {
    expect(secretValues({ PATH: '/usr/bin', GITHUB_TOKEN: 'a-token-value', HOME: '/home/ann', DB_PASSWORD: 'hunter22', EMPTY: undefined })).toEqual(['a-token-value', 'hunter22']);
  });

  it('finds a given secret in every spelling, wherever it stands', () => {
    const secret = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'X', 'Y', 'Z', '0', '1', '8', '!', '"', '\\', '/', ' ', '+', '%', '&', 'ä', '文', '😀'), minLength: 12, maxLength: 30 }).filter((text) => text.trim() === text && new Set(text).size > 5);
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 7 }), fc.string({ maxLength: 7 }), (text, before, after) => {
        const spellings = [text, `${before}${text}${after}`, encodeURIComponent(text), JSON.stringify(text), Buffer.from(text).toString('base64')];
        const { value } = redact({ [`k${text}`]: spellings }, { secrets: [text] });
        const out = JSON.stringify(value);
        for (const spelling of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)]) expect(out.includes(spelling)).toBe(false);
        expect((value as Record<string, string[]>)[`k${MASK}`]?.[4]).not.toBe(spellings[4]);
      }),
    );
  });

  it('finds it inside the Base64 of a longer text at each of the three places', () => {
    const secret = 'hunter2-correct-horse';
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) for (const after of ['', 'x', '\n']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const encoded = Buffer.from(`${before}${secret}${after}`).toString(encoding);
        expect(redact([encoded], { secrets: [secret] }).value, `${before}|${after}`).not.toEqual([encoded]);
      }
    }
  });

  it('changes nothing at the second time, keeps the shape, and is a pure function', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const salted = fc.letrec((tie) => ({ node: fc.oneof(json, fc.constantFrom(...Object.values(TOKENS)), fc.dictionary(fc.constantFrom('password', 'token', '__proto__', 'constructor', 'x'), tie('node'), { maxKeys: 4 }), fc.array(tie('node'), { maxLength: 3 })) })).node;
    fc.assert(
      fc.property(salted, (value) => {
        const once = redact(value, { secrets: ['a secret value'] });
        expect(redact(value, { secrets: ['a secret value'] })).toEqual(once);
        expect(redact(once.value, { secrets: ['a secret value'] }).value).toEqual(once.value);
        const out = JSON.stringify([once.value]);
        for (const token of Object.values(TOKENS)) expect(out.includes(JSON.stringify(token).slice(1, -1))).toBe(false);
      }),
    );
  });

  it('keeps a field called __proto__ a field', () => {
    const { value } = redact(JSON.parse('{"__proto__":{"password":"x"},"a":1}'), { secrets: [] });
    expect(JSON.stringify(value)).toBe(`{"__proto__":{"password":"${MASK}"},"a":1}`);
    expect(({} as Record<string, unknown>)['password']).toBeUndefined();
  });

  it('keeps two fields apart whose names become the same', () => {
    const [one, two] = [`ghp_${random(36)}`, `ghp_${random(37)}`];
    expect(redact({ [one]: 1, [two]: 2 }, { secrets: [] }).value).toEqual({ [MASK]: 1, [`${MASK}#2`]: 2 });
  });

  it('lets nothing pass because there is too much of it', () => {
    let deep: unknown = 'leaf';
    for (let level = 0; level < 5_000; level += 1) deep = [deep];
    expect(JSON.stringify(redact(deep, { secrets: [] }).value)).toContain(MASK);
    expect(redact({ long: 'x'.repeat(REDACTION_LIMITS.textCharacters + 1) }, { secrets: [] }).value).toEqual({ long: MASK });
    const many = redact(Array.from({ length: REDACTION_LIMITS.nodes + 10 }, () => 'plain'), { secrets: [] }).value as string[];
    expect(many.at(-1)).toBe(MASK);
    expect(redact(Array.from({ length: 5_000 }, () => ({ password: 'x' })), { secrets: [] }).redacted).toHaveLength(REDACTION_LIMITS.pointers);
  });

  it('commits to what it erased when it is given a way to', () => {
    const commit = (text: string): string => createHmac('sha256', 'salt').update(text).digest('hex');
    expect(redact({ password: 'hunter2' }, { secrets: [], commit }).value).toEqual({ password: { redacted: true, commit: commit('hunter2') } });
  });

  it('does not take short or common values for secrets', () => {
    expect(new Redactor({ secrets: ['1', 'true', 'main', ''] }).text('main is 1, true')).toBe('main is 1, true');
  });
});
