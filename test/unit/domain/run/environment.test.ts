import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEnvironmentName, minimalEnvironment } from '../../../../src/domain/run/environment.js';

const PARENT = {
  PATH: '/usr/bin',
  HOME: '/home/me',
  LC_ALL: 'C.UTF-8',
  LC_TIME: 'en_US',
  XDG_CACHE_HOME: '/home/me/.cache',
  ANTHROPIC_API_KEY: 'secret',
  OPENAI_API_KEY: 'secret',
  GITHUB_TOKEN: 'secret',
  AWS_SECRET_ACCESS_KEY: 'secret',
  LC_API_TOKEN: 'secret',
  XDG_SESSION_TOKEN: 'secret',
  SSH_AUTH_SOCK: '/tmp/agent.sock',
  HTTPS_PROXY: 'http://user:secret@proxy',
  NODE_OPTIONS: '--require ./evil.cjs',
  LD_PRELOAD: './evil.so',
  UNSET: undefined,
};

describe('the environment of an agent', () => {
  it('is what every program needs, and nothing else', () => {
    expect(minimalEnvironment(PARENT, [])).toEqual({ PATH: '/usr/bin', HOME: '/home/me', LC_ALL: 'C.UTF-8', LC_TIME: 'en_US', XDG_CACHE_HOME: '/home/me/.cache' });
  });

  it('has the variables that were named, a secret among them, when they are set', () => {
    expect(minimalEnvironment(PARENT, ['ANTHROPIC_API_KEY', 'UNSET', 'NOT_THERE'])).toMatchObject({ PATH: '/usr/bin', ANTHROPIC_API_KEY: 'secret' });
    expect(Object.keys(minimalEnvironment(PARENT, ['UNSET', 'NOT_THERE']))).not.toContain('UNSET');
  });

  it('never holds a name that looks like a secret without being asked for it', () => {
    const word = fc.constantFrom('KEY', 'TOKEN', 'SECRET', 'PASSWORD', 'PASSWD', 'CREDENTIALS', 'AUTH', 'COOKIE');
    const prefix = fc.constantFrom('', 'LC_', 'XDG_', 'AI_', 'MY_', 'PATH_', 'HOME_');
    const name = fc.tuple(prefix, word, fc.constantFrom('', '_FILE', '_1', '_ID')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), (parent) => {
        expect(minimalEnvironment(parent, [])).toEqual({});
      }),
    );
  });

  it('never holds anything that the parent does not, nor changes a value', () => {
    const names = fc.oneof(fc.constantFrom('PATH', 'HOME', 'LC_ALL', 'A', 'B', '__proto__', 'a.b', 'toString'), fc.string());
    fc.assert(
      fc.property(fc.dictionary(names, fc.option(fc.string(), { nil: undefined })), fc.array(names), (parent, asked) => {
        for (const [name, value] of Object.entries(minimalEnvironment(parent, asked))) {
          expect(Object.hasOwn(parent, name)).toBe(true);
          expect(parent[name]).toBe(value);
          expect(isEnvironmentName(name)).toBe(true);
        }
        for (const name of asked) {
          const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
          if (value !== undefined && isEnvironmentName(name)) expect(Object.hasOwn(minimalEnvironment(parent, asked), name)).toBe(true);
        }
      }),
    );
  });
});
