import { describe, expect, it } from 'vitest';
import { redactText, redactWords } from '../../../src/cli/redact.js';

describe('redactWords', () => {
  it('removes values of secret-looking options and assignments', () => {
    expect(redactWords(['agent', 'register', 'x', '--api-key', 'abc', '--token=42', 'GITHUB_TOKEN=ghp', 'plain=1', '--json'])).toEqual(['agent', 'register', 'x', '--api-key', '[removed]', '--token=[removed]', 'GITHUB_TOKEN=[removed]', 'plain=1', '--json']);
  });

  it('leaves an option after a secret-looking one', () => {
    expect(redactWords(['--token', '--json'])).toEqual(['--token', '--json']);
  });
});

describe('redactText', () => {
  it.each([
    'sk-ant-api03-abcdefghijklmnopqrstuvwxyz',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdef',
    'AKIAABCDEFGHIJKLMNOPQR',
  ])('removes what has the shape of a key: %s', (key) => {
    expect(redactText(`Error: refused ${key} by server`, {})).toBe('Error: refused [removed] by server');
  });

  it('removes credentials from addresses and headers', () => {
    expect(redactText('https://me:hunter2@example.org/x', {})).toBe('https://[removed]@example.org/x');
    expect(redactText('Authorization: Bearer abc.def', {})).toBe('Authorization: Bearer [removed]');
  });

  it('removes values of secret-looking variables, the longest first, and leaves others', () => {
    const environment = { MY_SECRET: 'correct horse', OTHER_TOKEN: 'correct horse battery', LANG: 'en_US.UTF-8', SHORT_KEY: '1' };
    expect(redactText('correct horse battery / correct horse / en_US.UTF-8 / 1', environment)).toBe('[removed] / [removed] / en_US.UTF-8 / 1');
  });
});
