import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideImageVerdict } from '../../../../src/signature/cosign/decide-image-verdict.ts';
import {
  rejected,
  verifiedBy,
  type RejectionCode,
} from '../../../../src/signature/verification.ts';

const wanted = { kind: 'signature' } as const;
const verified = verifiedBy({ scheme: 'cosign', method: 'key', fingerprint: 'ab' });

function refusal(code: RejectionCode) {
  return rejected(code, `because of ${code}`);
}

test('decideImageVerdict() takes one signature that counts, wherever it is', () => {
  const others = [refusal('bad_signature'), refusal('predicate_type_mismatch')];
  assert.equal(decideImageVerdict([...others, verified], wanted), verified);
});

test('decideImageVerdict() says nothing final while a verifier could not tell', () => {
  const undetermined = { status: 'unavailable', reason: 'later', retryAfterMs: 1 } as const;
  assert.equal(decideImageVerdict([refusal('bad_signature'), undetermined], wanted), undetermined);
  assert.equal(decideImageVerdict([undetermined, verified], wanted), verified);
});

test('decideImageVerdict() names what nearly counted', () => {
  const nearly = refusal('identity_not_accepted');
  const verdicts = [
    refusal('predicate_type_mismatch'),
    refusal('bad_signature'),
    nearly,
    refusal('malformed_signature'),
    refusal('transparency_log_entry_invalid'),
  ];
  assert.equal(decideImageVerdict(verdicts, wanted), nearly);
  const unreadable = refusal('malformed_signature');
  assert.equal(decideImageVerdict([unreadable, refusal('limit_exceeded')], wanted), unreadable);
});

test('decideImageVerdict() calls an image unsigned that has nothing, or only something else', () => {
  assert.deepEqual(decideImageVerdict([], wanted), {
    status: 'rejected',
    code: 'unsigned',
    reason: 'The image has no signature',
  });
  assert.deepEqual(decideImageVerdict([refusal('predicate_type_mismatch')], wanted), {
    status: 'rejected',
    code: 'unsigned',
    reason: 'The image has no signature: what is beside it says something else (1)',
  });
  const attestation = { kind: 'attestation', predicateType: 'https://example.com/p' } as const;
  assert.deepEqual(decideImageVerdict([], attestation), {
    status: 'rejected',
    code: 'unsigned',
    reason: 'The image has no attestation of "https://example.com/p"',
  });
});
