import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Limit } from '../../../../src/settings/limit.ts';
import { TRACE_LIMITS, tracesSchema } from '../../../../src/telemetry/tracing/settings.ts';

const URL = 'https://collector.example.com:4318';

function accepts(change: object): boolean {
  return tracesSchema.safeParse({ url: URL, ...change }).success;
}

describe('the section traces', () => {
  it('needs an address, and samples one request in a hundred', () => {
    assert.equal(tracesSchema.safeParse({}).success, false);
    assert.deepEqual(tracesSchema.parse({ url: URL }), {
      url: URL,
      samplingRatio: 0.01,
      tls: {},
      secretHeaders: {},
      queueLengthMax: 2048,
      batchLengthMax: 128,
      batchDelayMs: 2000,
      timeoutMs: 5000,
      attemptsMax: 3,
      closeMs: 2000,
    });
  });

  it('holds each number to its row in the table of limits', () => {
    for (const [key, { minimum, maximum }] of Object.entries<Limit>(TRACE_LIMITS)) {
      if (minimum === maximum) continue;
      const name = key.slice('traces.'.length);
      assert.deepEqual(
        [minimum - 1, minimum, maximum, maximum + 1].map((value) => accepts({ [name]: value })),
        [false, true, true, false],
        key,
      );
    }
  });

  it('takes no address without TLS but of this machine, and no credentials in it', () => {
    assert.equal(accepts({ url: 'http://collector.example.com:4318' }), false);
    assert.equal(accepts({ url: 'http://127.0.0.1:4318' }), true);
    assert.equal(accepts({ url: 'https://user:word@collector.example.com' }), false);
  });

  it('takes a ratio from 0 to 1', () => {
    assert.deepEqual(
      [-0.1, 0, 1, 1.1, '1'].map((samplingRatio) => accepts({ samplingRatio })),
      [false, true, true, false, false],
    );
  });

  it('takes headers by reference only, and none of the protocol', () => {
    assert.equal(accepts({ secretHeaders: { authorization: { env: 'TOKEN' } } }), true);
    assert.equal(accepts({ secretHeaders: { authorization: 'Bearer word' } }), false);
    assert.equal(accepts({ secretHeaders: { 'content-type': { env: 'TYPE' } } }), false);
    assert.equal(accepts({ secretHeaders: { 'a\nb': { env: 'TYPE' } } }), false);
  });
});
