import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currentSpan, withinSpan } from '../../../../src/telemetry/tracing/trace-context.ts';
import { recordSpan } from '../../../support/recorded-span.ts';

describe('the current span', () => {
  it('is the innermost one, also after waiting, and none outside', async () => {
    const outer = recordSpan().span;
    const inner = recordSpan().span;

    const seen = await withinSpan(outer, async () => {
      const first = currentSpan();
      const within = await withinSpan(inner, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return currentSpan();
      });
      return [first, within, currentSpan()];
    });

    assert.deepEqual(
      seen.map((span) => [outer, inner].findIndex((one) => one === span)),
      [0, 1, 0],
    );
    assert.equal(currentSpan(), undefined);
  });

  it('is none once it has ended, for what outlives the request', () => {
    const { span } = recordSpan();

    const seen = withinSpan(span, () => {
      span.end();
      return currentSpan();
    });

    assert.equal(seen, undefined);
  });
});
