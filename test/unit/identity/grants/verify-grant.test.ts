import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { signText } from '../../../../src/base/json-web-signature.ts';
import { GRANT_TYPE } from '../../../../src/identity/grants/parse-grant.ts';
import { verifyGrant, signGrant } from '../../../../src/identity/grants/verify-grant.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../../../support/grants.ts';

const anna = await makeApprover('anna');
const ben = await makeApprover('ben');
const secondKeyOfBen = await makeApprover('ben');
const alice = await makeApprover('alice', 'alice');
const stranger = await makeApprover('stranger');
const rules = { approvers: [anna, ben, secondKeyOfBen, alice], approvalsRequired: 2 };

const known = { ok: false, id: GRANT_ID, subject: 'alice' } as const;
const unsigned = 'one of its signatures is not valid';

describe('verifyGrant()', () => {
  it('believes a grant that enough different people have signed', async () => {
    assert.deepEqual(await verifyGrant(await approve(sampleGrant(), [ben, anna]), rules), {
      ok: true,
      grant: sampleGrant(),
      approvers: ['anna', 'ben'],
    });
  });

  it('checks as many signatures as are allowed, and not one more', async () => {
    const signers = (approvers: number) => [ben, ...Array.from({ length: approvers }, () => anna)];

    assert.equal((await verifyGrant(await approve(sampleGrant(), signers(15)), rules)).ok, true);
    assert.deepEqual(await verifyGrant(await approve(sampleGrant(), signers(16)), rules), {
      ok: false,
      code: 'grant_malformed',
      reason: 'it is not made of 1 to 16 signatures',
    });
  });

  it('asks for the configured number of people', async () => {
    assert.deepEqual(await verifyGrant(await approve(sampleGrant(), [anna]), rules), {
      ...known,
      code: 'grant_approvals_missing',
      reason: 'it has 1 of 2 approvals',
    });
  });

  for (const [who, approvers] of [
    ['one person who signs twice', [anna, anna]],
    ['one person with two keys', [ben, secondKeyOfBen]],
    ['the person it is for', [anna, alice]],
  ] as const) {
    it(`counts one approval from ${who}`, async () => {
      const verified = await verifyGrant(await approve(sampleGrant(), approvers), rules);

      assert.equal(!verified.ok && verified.reason, 'it has 1 of 2 approvals');
    });
  }

  it('refuses a signature of somebody who may not approve', async () => {
    const token = await approve(sampleGrant(), [anna, stranger]);

    assert.deepEqual(await verifyGrant(token, rules), {
      ...known,
      code: 'grant_signature_invalid',
      reason: `${unsigned}: no trusted key has its key id`,
    });
  });

  it('refuses approvals of two different grants', async () => {
    const small = await approve(sampleGrant({ uses: 1 }), [anna]);
    const large = await approve(sampleGrant({ uses: 3 }), [ben]);

    assert.deepEqual(await verifyGrant(`${large} ${small}`, rules), {
      ...known,
      code: 'grant_signature_invalid',
      reason: 'its signatures approve different grants',
    });
  });

  it('refuses a grant whose text was changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await approve(sampleGrant(), [anna])).split('.');
    const forged = Buffer.from(JSON.stringify(sampleGrant({ uses: 99 }))).toString('base64url');

    assert.deepEqual(await verifyGrant(`${header}.${forged}.${signature}`, rules), {
      ...known,
      code: 'grant_signature_invalid',
      reason: `${unsigned}: the signature does not match`,
    });
  });

  it('refuses a signature that was made for another kind of statement', async () => {
    const token = await signText(JSON.stringify(sampleGrant()), anna.key, 'holdfast-head+jwt');

    assert.deepEqual(await verifyGrant(token, rules), {
      ...known,
      code: 'grant_signature_invalid',
      reason: `${unsigned}: its type is not "${GRANT_TYPE}"`,
    });
  });

  it('refuses what says that it needs no signature', async () => {
    const header = { alg: 'none', kid: anna.key.keyId, typ: GRANT_TYPE };
    const parts = [header, sampleGrant()].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );

    const verified = await verifyGrant(`${parts.join('.')}.`, rules);

    assert.equal(!verified.ok && verified.code, 'grant_signature_invalid');
  });

  const mangled: readonly (readonly [string, string, string])[] = [
    ['nothing', ' ', 'it is not made of 1 to 16 signatures'],
    ['a text', 'let me in', 'it is not made of 1 to 16 signatures'],
    ['too many signatures', 'a.b.c '.repeat(17), 'it is not made of 1 to 16 signatures'],
  ];
  for (const [what, token, reason] of mangled) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await verifyGrant(token, rules), {
        ok: false,
        code: 'grant_malformed',
        reason,
      });
    });
  }

  it('refuses signatures over something else than a grant', async () => {
    assert.deepEqual(await verifyGrant(await approve({ admin: true }, [anna]), rules), {
      ok: false,
      code: 'grant_malformed',
      reason:
        'it is malformed in "id" (Invalid input: expected string, received undefined), ' +
        '"subject" (Invalid input: expected string, received undefined), ' +
        '"groups" (Invalid input: expected array, received undefined)',
    });
  });
});

test('signGrant() makes an approval that counts', async () => {
  const token = await signGrant(JSON.stringify(sampleGrant()), anna.key);

  assert.deepEqual(await verifyGrant(token, { approvers: [anna], approvalsRequired: 1 }), {
    ok: true,
    grant: sampleGrant(),
    approvers: ['anna'],
  });
});
