import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatRecording } from '../../../src/capture/recorded-case.ts';
import type { RecordedCase } from '../../../src/capture/recorded-case.ts';

const CASE: RecordedCase = {
  action: 'human-patch',
  expect: 'deny',
  note: 'why',
  review: { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: { uid: 'u1' } },
};

describe('formatRecording()', () => {
  it('writes one case per line, and the version where it is known', () => {
    const { note, ...plain } = CASE;
    assert.equal(note, 'why');
    const text = formatRecording({ kubernetes: '1.36.3', cases: [CASE, plain] });
    assert.deepEqual(JSON.parse(text), { kubernetes: '1.36.3', cases: [CASE, plain] });
    assert.equal(text.split('\n').length, 8);
    assert.equal(text.endsWith('}\n'), true);
  });

  it('writes a recording of nothing', () => {
    assert.deepEqual(JSON.parse(formatRecording({ cases: [] })), { cases: [] });
  });
});
