import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTraceparent } from '../../../../src/telemetry/tracing/parse-traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parseTraceparent()', () => {
  it('reads the ids and whether the caller samples', () => {
    assert.deepEqual(parseTraceparent(`00-${TRACE}-${SPAN}-01`), {
      traceId: TRACE,
      spanId: SPAN,
      isSampled: true,
    });
    assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.isSampled, false);
    assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.isSampled, false, 'another flag');
    assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-ff`)?.isSampled, true);
  });

  it('reads the beginning of a later version', () => {
    assert.equal(parseTraceparent(`01-${TRACE}-${SPAN}-01-what-is-new`)?.traceId, TRACE);
    assert.equal(parseTraceparent(`fe-${TRACE}-${SPAN}-01`)?.traceId, TRACE);
  });

  it('takes nothing that is malformed, forged or sent twice', () => {
    const good = `00-${TRACE}-${SPAN}-01`;
    const bad: readonly unknown[] = [
      undefined,
      '',
      [good],
      `${good}, ${good}`,
      ` ${good}`,
      `${good}\n`,
      `${good}-more`,
      good.toUpperCase(),
      `ff-${TRACE}-${SPAN}-01`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE.slice(1)}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}0-01`,
      `00-${TRACE}-${SPAN}-1`,
      `01-${TRACE}-${SPAN}-01-${'x'.repeat(1_000_000)}`,
      '-'.repeat(1_000_000),
    ];
    for (const header of bad) {
      assert.equal(parseTraceparent(header), undefined, String(header).slice(0, 80));
    }
  });
});
