import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceparent } from '../../src/telemetry/tracing/parse-traceparent.ts';
import { CallCounter } from './count-calls.ts';

test('the functions of the files that run are named, and no others', async (t) => {
  const calls = new CallCounter(/\/src\/telemetry\/tracing\//u);
  t.after(() => {
    calls.close();
  });

  assert.deepEqual(await calls.count(() => Promise.resolve()), []);
  const called = await calls.count(async () => {
    await Promise.resolve();
    parseTraceparent(undefined);
  });

  assert.equal(called.length, 1);
  assert.match(called[0] ?? '', /^parseTraceparent \(file:.*parse-traceparent\.ts\)$/u);
});
