import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compilePathSet, matchesPath } from '../../../../../src/domain/glob/path-set.js';
import { PathIndex } from '../../../../../src/domain/policy/evaluate/path-index.js';
import { comparePath } from '../../../../../src/domain/policy/evaluate/request-path.js';
import { patternTexts, smallPaths } from '../../glob/samples.js';

it('the index finds exactly the sets that cover a path', () => {
  const sets = fc.array(fc.tuple(fc.array(patternTexts, { minLength: 1, maxLength: 3 }), fc.array(patternTexts, { maxLength: 1 })), { maxLength: 6 });
  const ordinary = smallPaths.filter((path) => comparePath(path).unsafe === null);
  fc.assert(
    fc.property(sets, fc.boolean(), (inputs, fold) => {
      const compiled = inputs.map(([include, except]) => compilePathSet({ include, except }, { fold }));
      const index = new PathIndex(compiled);
      for (const path of ordinary) {
        const found = new Set<number>();
        index.find(path.split('/'), found);
        expect([...found].sort()).toEqual(compiled.flatMap((set, number) => (matchesPath(set, path) ? [number] : [])));
      }
    }),
    { numRuns: 100 },
  );
});
