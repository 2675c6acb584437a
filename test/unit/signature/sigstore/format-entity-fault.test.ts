import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatEntityFault,
  rejectLogEntry,
} from '../../../../src/signature/sigstore/format-entity-fault.ts';

test('formatEntityFault() gives each part its code, and text that cannot deceive a terminal', () => {
  const faults = (['certificate', 'signature', 'log'] as const).map((about) =>
    formatEntityFault({ about, message: 'no\u001b[2J' }),
  );
  assert.deepEqual(faults, [
    {
      status: 'rejected',
      code: 'certificate_invalid',
      reason: 'The certificate is not trusted: no\u{FFFD}[2J',
    },
    {
      status: 'rejected',
      code: 'bad_signature',
      reason: 'The signature does not match: no\u{FFFD}[2J',
    },
    rejectLogEntry('no\u{FFFD}[2J'),
  ]);
});
