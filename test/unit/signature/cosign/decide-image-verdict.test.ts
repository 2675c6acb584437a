import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BuildFacts } from '../../../../src/signature/cosign/decide-build.ts';
import {
  combineVerdicts,
  decideAttestation,
  decideSignatures,
} from '../../../../src/signature/cosign/decide-image-verdict.ts';
import type { NamedAuthority } from '../../../../src/signature/cosign/image-rule.ts';
import type { CandidateFinding } from '../../../../src/signature/cosign/verify-candidate.ts';
import {
  rejected,
  verifiedBy,
  type RejectionCode,
  type Verification,
} from '../../../../src/signature/verification.ts';
import { keyAuthority } from '../../../support/images/authorities.ts';

const one = keyAuthority('one');
const two = keyAuthority('two');
const again = { ...one, name: 'one again' };
const undetermined = { status: 'unavailable', reason: 'later', retryAfterMs: 1 } as const;

function verified({ authority }: NamedAuthority) {
  assert.ok(authority.kind === 'key');
  return verifiedBy({
    scheme: 'cosign',
    method: 'key',
    fingerprint: authority.key.fingerprint,
  });
}

function refusal(code: RejectionCode) {
  return rejected(code, `because of ${code}`);
}

function none(code: RejectionCode): CandidateFinding {
  return { kind: 'none', verification: refusal(code) };
}

function signature(authority: NamedAuthority, verification: Verification): CandidateFinding {
  return { kind: 'signature', authority, verification };
}

function codeOf(verification: Verification | undefined): string | undefined {
  return verification?.status === 'rejected' ? verification.code : verification?.status;
}

describe('decideSignatures()', () => {
  it('takes one signature that counts, wherever it is', () => {
    const proof = verified(one);
    const candidates = [
      [none('malformed_signature')],
      [signature(one, refusal('bad_signature')), signature(two, refusal('bad_signature'))],
      [signature(one, proof), signature(two, refusal('bad_signature'))],
    ];
    const decision = decideSignatures(candidates, { required: 1 });
    assert.equal(decision.verification, proof);
    assert.deepEqual(decision.signers, [{ authority: one, signer: proof.signer }]);
  });

  it('counts distinct authorities, and no signatures', () => {
    const own = [signature(one, verified(one))];
    for (const [candidates, required, expected] of [
      [[own, [signature(two, verified(two))]], 2, 'verified'],
      [[own, own], 2, 'too_few_signatures'],
      [[own, [signature(again, verified(one))]], 2, 'too_few_signatures'],
      [[own], 3, 'too_few_signatures'],
      [[own], Number.NaN, 'too_few_signatures'],
    ] as const) {
      assert.equal(codeOf(decideSignatures(candidates, { required }).verification), expected);
    }
  });

  it('says who has signed where it is too few', () => {
    const candidates = [[signature(one, verified(one)), signature(again, verified(one))]];
    assert.deepEqual(decideSignatures(candidates, { required: 2 }).verification, {
      status: 'rejected',
      code: 'too_few_signatures',
      reason:
        '1 of 2 distinct authorities have signed: one, one again, of whom some share a key or an identity',
    });
    assert.deepEqual(decideSignatures([[signature(one, verified(one))]], { required: 2 }), {
      signers: [{ authority: one, signer: verified(one).signer }],
      verification: rejected('too_few_signatures', '1 of 2 distinct authorities have signed: one'),
    });
  });

  it('tells who has signed where no signature is asked for', () => {
    const candidates = [[signature(one, verified(one))], [signature(one, verified(one))]];
    assert.deepEqual(decideSignatures(candidates, { required: 0 }), {
      signers: [{ authority: one, signer: verified(one).signer }],
      verification: undefined,
    });
    assert.deepEqual(decideSignatures([], { required: 0 }), {
      signers: [],
      verification: undefined,
    });
  });

  it('says nothing final while a verifier could not tell', () => {
    const unknown = signature(one, undetermined);
    const candidates = [[signature(two, refusal('bad_signature'))], [unknown]];
    assert.equal(decideSignatures(candidates, { required: 1 }).verification, undetermined);
    const both = [[unknown], [signature(two, verified(two))]];
    assert.equal(codeOf(decideSignatures(both, { required: 1 }).verification), 'verified');
  });

  it('names what nearly counted', () => {
    const candidates = [
      [none('predicate_type_mismatch')],
      [signature(one, refusal('bad_signature'))],
      [signature(two, refusal('identity_not_accepted'))],
      [none('malformed_signature')],
      [signature(one, refusal('transparency_log_entry_invalid'))],
    ];
    const code = codeOf(decideSignatures(candidates, { required: 1 }).verification);
    assert.equal(code, 'identity_not_accepted');
    const unreadable = [[none('malformed_signature')], [none('limit_exceeded')]];
    const first = codeOf(decideSignatures(unreadable, { required: 1 }).verification);
    assert.equal(first, 'malformed_signature');
  });

  it('calls an image unsigned that has nothing, or only something else', () => {
    assert.deepEqual(
      decideSignatures([], { required: 1 }).verification,
      rejected('unsigned', 'The image has no signature'),
    );
    const wanted = wantedOf('https://example.com/p');
    const candidates = [
      [none('predicate_type_mismatch')],
      [
        { kind: 'attestation', wanted, authority: one, verification: verified(one), build: {} },
        { kind: 'attestation', wanted, authority: two, verification: verified(two), build: {} },
      ],
    ] as const;
    assert.deepEqual(
      decideSignatures(candidates, { required: 1 }).verification,
      rejected('unsigned', 'The image has no signature: what is beside it says something else (2)'),
    );
  });
});

function wantedOf(predicateType: string) {
  return { name: 'build', predicateType, authorities: [one, two] };
}

describe('decideAttestation()', () => {
  const wanted = wantedOf('https://example.com/p');
  const other = wantedOf('https://example.com/p');

  function attestation(
    verification: Verification,
    build: BuildFacts = {},
    of = wanted,
  ): CandidateFinding {
    return { kind: 'attestation', wanted: of, authority: one, verification, build };
  }

  it('takes one that counts, and tells each that says something of its own once', () => {
    const first = { sourceCommit: 'a' };
    const second = { sourceCommit: 'b' };
    const proof = verified(one);
    const candidates = [
      [attestation(refusal('bad_signature'))],
      [attestation(proof, first)],
      [attestation(verified(one), second)],
      [attestation(verified(one), first)],
    ];
    const signed = { authority: one, signer: proof.signer };
    const decision = decideAttestation(candidates, wanted);
    assert.deepEqual(decision, {
      wanted,
      counted: [
        { ...signed, build: first },
        { ...signed, build: second },
      ],
      verification: proof,
    });
  });

  it('does not take one that counts for another wanted attestation', () => {
    const candidates = [[attestation(verified(one), {}, other)]];
    assert.deepEqual(decideAttestation(candidates, wanted), {
      wanted,
      counted: [],
      verification: rejected(
        'attestation_missing',
        'The image has no attestation of "https://example.com/p": what is beside it says something else (1)',
      ),
    });
  });

  it('takes no signature for an attestation', () => {
    const candidates = [[signature(one, verified(one))]];
    assert.equal(codeOf(decideAttestation(candidates, wanted).verification), 'attestation_missing');
    assert.deepEqual(
      decideAttestation([], wanted).verification,
      rejected('attestation_missing', 'The image has no attestation of "https://example.com/p"'),
    );
  });

  it('names what nearly counted, and what could not be read', () => {
    const candidates = [
      [none('malformed_signature')],
      [attestation(refusal('identity_not_accepted'))],
      [attestation(refusal('source_not_accepted'))],
    ];
    assert.equal(codeOf(decideAttestation(candidates, wanted).verification), 'source_not_accepted');
    const unreadable = [[none('malformed_signature')]];
    assert.equal(codeOf(decideAttestation(unreadable, wanted).verification), 'malformed_signature');
  });
});

describe('combineVerdicts()', () => {
  it('is verified where every part is, and else tells the first that is final', () => {
    const proof = verified(one);
    const refused = refusal('unsigned');
    const later = refusal('attestation_missing');
    for (const [parts, expected] of [
      [[], undefined],
      [[proof], proof],
      [[proof, refused, later], refused],
      [[undetermined, later], later],
      [[proof, undetermined], undetermined],
    ] as const) {
      assert.equal(combineVerdicts<Verification>(parts), expected);
    }
  });
});
