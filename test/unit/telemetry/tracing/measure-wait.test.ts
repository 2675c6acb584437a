import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureWait } from '../../../../src/telemetry/tracing/measure-wait.ts';
import { currentSpan } from '../../../../src/telemetry/tracing/trace-context.ts';
import { recordSpan } from '../../../support/recorded-span.ts';

describe('measureWait()', () => {
  it('runs the work alone where there is no span', () => {
    assert.equal(
      measureWait(undefined, () => 'done'),
      'done',
    );
  });

  it('gives the span of what is done at once up', () => {
    const { span, events } = recordSpan();

    const result = measureWait(span, () => currentSpan());

    assert.equal(result, span);
    assert.deepEqual(events, []);
    assert.equal(currentSpan(), undefined);
  });

  it('ends the span with the work, described', async () => {
    const { span, events } = recordSpan();

    const result = await measureWait(
      span,
      async () => {
        await Promise.resolve();
        return currentSpan() === span;
      },
      (within, open) => open.annotate({ within }),
    );

    assert.equal(result, true);
    assert.deepEqual(events, [{ annotated: { within: true } }, 'ended']);
  });

  it('marks the span of work that breaks as failed, without its text, and ends it', async () => {
    const { span, events } = recordSpan();

    await assert.rejects(async () => {
      await measureWait(span, () => Promise.reject(new Error('a password')));
    }, /a password/u);
    assert.deepEqual(events, [{ failed: 'internal_error' }, 'ended']);
  });
});
