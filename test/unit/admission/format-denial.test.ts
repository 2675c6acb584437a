import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatClosing,
  formatDenial,
  formatWarning,
  insertAboveClosing,
  type PhrasedVerdict,
} from '../../../src/admission/format-denial.ts';
import { SAMPLE_ID, sampleContext, sampleFinding } from '../../support/admission-samples.ts';

const closing = `(no by sample, cluster prod-eu-1, decision ${SAMPLE_ID})`;

function verdict(overrides: Partial<PhrasedVerdict> = {}): PhrasedVerdict {
  return {
    policy: 'sample',
    mode: 'enforce',
    status: 'denied',
    denials: [],
    warnings: [],
    audits: [],
    ...overrides,
  };
}

describe('formatDenial()', () => {
  it('prints a finding without a remedy as its message alone', () => {
    const text = formatDenial(
      [verdict({ denials: [{ code: 'no', message: 'Not like this' }] })],
      sampleContext(),
    );

    assert.equal(text, `Not like this\n${closing}`);
  });

  it('names each finding once in the closing line', () => {
    const text = formatDenial(
      [
        verdict({ denials: [sampleFinding({ message: 'One', remedy: undefined })] }),
        verdict({ denials: [sampleFinding({ message: 'Two', remedy: undefined })] }),
        verdict({
          policy: 'other',
          denials: [sampleFinding({ message: 'Three', remedy: 'Do it' })],
        }),
      ],
      sampleContext(),
    );

    assert.equal(
      text,
      'One\nTwo\nThree\nDo it\n(managed_object_changed by sample, managed_object_changed by other, ' +
        `cluster prod-eu-1, decision ${SAMPLE_ID})`,
    );
  });

  const offer = 'In an emergency: holdfast grant request deployments.apps/shop/checkout';
  const granted = verdict({
    denials: [{ code: 'no', message: 'One', remedy: `Change it\n${offer}` }],
  });

  it('offers a grant where every finding is one that a grant overrules', () => {
    assert.equal(formatDenial([granted], sampleContext()), `One\nChange it\n${offer}\n${closing}`);
  });

  for (const [what, stands] of [
    ['another finding', verdict({ denials: [{ code: 'no', message: 'Two', remedy: 'Stop' }] })],
    [
      'a policy that could not be evaluated',
      verdict({ unavailable: { code: 'fact_unavailable', reason: 'it is away' } }),
    ],
  ] as const) {
    it(`offers no grant where ${what} would refuse it again`, () => {
      const text = formatDenial([granted, stands], sampleContext());

      assert.match(text, /^One\nChange it\nT/u);
      assert.doesNotMatch(text, /In an emergency/u);
    });
  }

  it('says once what two findings have in common', () => {
    const remedy = 'Change it\nIn an emergency: ask';
    const denials = [
      { code: 'no', message: 'One', remedy },
      { code: 'no', message: 'Two', remedy: 'In an emergency: ask' },
    ];

    assert.equal(
      formatDenial([verdict({ denials })], sampleContext()),
      `One\nChange it\nIn an emergency: ask\nTwo\n${closing}`,
    );
  });

  it('shows four findings and counts the rest', () => {
    const denials = Array.from({ length: 7 }, (_, index) => ({
      code: 'no',
      message: `Reason ${String(index)}`,
    }));

    assert.equal(
      formatDenial([verdict({ denials })], sampleContext()),
      `Reason 0\nReason 1\nReason 2\nReason 3\nand 3 more reasons\n${closing}`,
    );
  });

  it('cuts a long text, never the decision id', () => {
    const text = formatDenial(
      [verdict({ denials: [{ code: 'no', message: 'x'.repeat(5000) }] })],
      sampleContext({ messageCharsMax: 200 }),
    );

    assert.equal(text.length, 200);
    assert.ok(text.endsWith(`x…\n${closing}`));
  });

  // Of those that take two code units, one in the middle, the first and the last.
  for (const character of ['😀', '\u{10000}', '\u{10ffff}']) {
    it(`does not cut ${character.codePointAt(0)?.toString(16)} in half`, () => {
      for (const messageCharsMax of [closing.length + 10, closing.length + 11]) {
        const text = formatDenial(
          [verdict({ denials: [{ code: 'no', message: character.repeat(50) }] })],
          sampleContext({ messageCharsMax }),
        );

        assert.ok(text.isWellFormed());
      }
    });
  }

  it('still ends with the decision id where the limit leaves no room for reasons', () => {
    const text = formatDenial(
      [verdict({ denials: [{ code: 'no', message: 'Not like this' }] })],
      sampleContext({ messageCharsMax: 1 }),
    );

    assert.equal(text, `…\n${closing}`);
  });
});

describe('formatClosing()', () => {
  it('counts the codes beyond the eighth', () => {
    const codes = Array.from({ length: 10 }, (_, index) => `c${String(index)} by p`);

    assert.equal(
      formatClosing(codes, { id: 'D', cluster: 'c' }),
      `(${codes.slice(0, 8).join(', ')}, 2 more, cluster c, decision D)`,
    );
  });
});

describe('insertAboveClosing()', () => {
  it('leaves the closing line last', () => {
    assert.equal(insertAboveClosing('a\nb\n(end)', ['x', 'y']), 'a\nb\nx\ny\n(end)');
  });

  it('puts the lines above a denial of one line', () => {
    assert.equal(insertAboveClosing('(end)', ['x']), 'x\n(end)');
  });
});

describe('formatWarning()', () => {
  it('is one line for each warning, with code, policy and decision', () => {
    const lines = formatWarning(
      verdict({ status: 'warned', warnings: [{ code: 'no', message: 'One\nTwo' }] }),
      sampleContext(),
    );

    assert.deepEqual(lines, [`One; Two (no by sample, decision ${SAMPLE_ID})`]);
  });

  it('is empty for a policy that did not warn', () => {
    assert.deepEqual(formatWarning(verdict(), sampleContext()), []);
  });
});
