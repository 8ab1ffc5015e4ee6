import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../../../src/cli/style.js';
import { renderPairs, renderTable, type Column } from '../../../src/cli/table.js';
import { displayWidth } from '../../../src/cli/width.js';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'TITLE', value: (row) => row.title, shrink: true },
  { title: 'COUNT', value: (row) => String(row.count), align: 'right' },
];
const view = (width: number, colour = false) => ({ columns: width, style: createStyle(colour) });

describe('renderTable', () => {
  it('aligns columns and ends no line in spaces', () => {
    const text = renderTable([{ id: 't-1', title: 'short', count: 7 }, { id: 't-22', title: 'a longer one', count: 1234 }], columns, view(80));
    expect(text).toBe(['ID    TITLE         COUNT', 't-1   short             7', 't-22  a longer one   1234'].join('\n'));
  });

  it('cuts the column that may shrink, and never an id', () => {
    const text = renderTable([{ id: 't-4k9x2m', title: 'a title that is far too long for this', count: 1 }], columns, view(30));
    expect(text.split('\n')[1]).toBe('t-4k9x2m  a title that…      1');
  });

  it('counts wide characters as two columns', () => {
    const text = renderTable([{ id: 'a', title: '日本語', count: 1 }, { id: 'b', title: 'abcdef', count: 2 }], columns, view(80));
    const [, wide = '', narrow = ''] = text.split('\n');
    expect(displayWidth(wide)).toBe(displayWidth(narrow));
  });

  it('escapes what it is given', () => {
    expect(renderTable([{ id: 'a', title: 'x\u001b[2Jy\nz', count: 1 }], columns, view(80))).toContain('x\\e[2Jy\\nz');
  });

  it('fits the terminal whenever the rigid columns do, and keeps every id whole', () => {
    const row = fc.record({ id: fc.stringMatching(/^t-[0-9a-z]{6}$/), title: fc.string({ unit: fc.constantFrom('a', ' ', '日', 'é', 'e\u0301', '👩\u200d💻', '\u001b', 'ß'), maxLength: 80 }), count: fc.nat(9999) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), fc.integer({ min: 30, max: 120 }), fc.boolean(), (rows, width, colour) => {
        const lines = renderTable(rows, columns, view(width, colour)).split('\n');
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        for (const [index, { id }] of rows.entries()) expect(lines[index + 1]).toContain(id);
      }),
    );
  });

  it('lets lines wrap rather than cutting what is rigid', () => {
    const rigid: Column<Row>[] = [{ title: 'ID', value: (row) => row.id }];
    expect(renderTable([{ id: 't-4k9x2m', title: '', count: 0 }], rigid, view(4))).toContain('t-4k9x2m');
  });
});

describe('renderPairs', () => {
  it('puts labels into one column', () => {
    expect(renderPairs([['status', 'done'], ['id', 't-1']], createStyle(false))).toBe('status  done\nid      t-1');
  });
});
