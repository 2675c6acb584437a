import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyHandshakes } from '../../../../src/compose/doctor/classify-handshakes.ts';
import type { Handshake } from '../../../../src/compose/doctor/probe-handshake.ts';

const NOW_MS = Date.UTC(2026, 10, 29);
const YEAR = 'Nov 29 00:00:00 2027 GMT';

for (const [handshake, expected] of [
  [{ status: 'shaken', endsAt: YEAR }, 'handshake_trusted ok'],
  [{ status: 'shaken', endsAt: 'Dec 13 00:00:00 2026 GMT' }, 'handshake_trusted ok'],
  [{ status: 'shaken', endsAt: 'Dec 12 23:00:00 2026 GMT' }, 'handshake_ends_soon warning'],
  [{ status: 'shaken', endsAt: YEAR, refusal: 'SELF_SIGNED' }, 'handshake_refused failed'],
  [{ status: 'unreachable', reason: 'ENOTFOUND' }, 'handshake_elsewhere unknown'],
] as const satisfies readonly (readonly [Handshake, string])[]) {
  test(`${JSON.stringify(handshake)} is ${expected}`, () => {
    const made = [{ address: 'holdfast.holdfast-system.svc:443', webhooks: ['a', 'b'], handshake }];

    const found = classifyHandshakes(made, NOW_MS);

    assert.deepEqual(
      found.map(({ code, status, remedy }) => [`${code} ${status}`, remedy === undefined]),
      [[expected, expected.endsWith(' ok')]],
    );
  });
}
