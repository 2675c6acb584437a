import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLimits, listLimits } from '../../../../src/cli/config/format-limits.ts';
import { LIMITS } from '../../../../src/config/limits.ts';

test('formatLimits() has every limit with its bounds, reason and overflow', () => {
  const blocks = formatLimits().split('\n\n');

  assert.equal(blocks.length, Object.keys(LIMITS).length);
  assert.equal(
    blocks.find((block) => block.startsWith('engine.queueLengthMax')),
    [
      'engine.queueLengthMax: 256 items (1 to 100000)',
      '  why     An evaluation that waits longer than the deadline is useless; a short queue fails early',
      '  beyond  The policies are unavailable with policy_queue_full',
      '  metric  holdfast_engine_queue_length',
    ].join('\n'),
  );
  assert.match(formatLimits(), /configuration\.aliasesMax: 50 items \(fixed\)/u);
});

test('listLimits() has the rows of the table with their keys', () => {
  assert.deepEqual(
    listLimits().find(({ key }) => key === 'limits.drainMs'),
    { key: 'limits.drainMs', ...LIMITS['limits.drainMs'] },
  );
});
