import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  generateSigningKeyText,
  readSigningKey,
  signText,
  type SigningKey,
} from '../../../../src/base/json-web-signature.ts';
import { STATEMENT_TYPE } from '../../../../src/source/lineage/parse-statement.ts';
import { verifyStatement, type Verifier } from '../../../../src/source/lineage/verify-statement.ts';
import { SHOP, V1 } from '../../../support/lineage-samples.ts';

const ISSUED_MS = Date.UTC(2026, 0, 5, 8);
const statement = {
  cluster: 'prod',
  ...SHOP,
  revision: V1,
  issuedAt: new Date(ISSUED_MS).toISOString(),
};

async function makeKey(): Promise<SigningKey> {
  const read = await readSigningKey(generateSigningKeyText());
  assert.ok(read.ok);
  return read.key;
}

const key = await makeKey();
const other = await makeKey();
const ci: Verifier = { name: 'ci', key, kind: 'Application', applications: ['argocd/shop*'] };

async function verify(
  change: object = {},
  {
    signer = key,
    type = STATEMENT_TYPE,
    nowMs = ISSUED_MS,
    verifiers = [ci],
  }: {
    readonly signer?: SigningKey;
    readonly type?: string;
    readonly nowMs?: number;
    readonly verifiers?: readonly Verifier[];
  } = {},
) {
  const signed = await signText(JSON.stringify({ ...statement, ...change }), signer, type);
  return await verifyStatement(signed, { verifiers, cluster: 'prod', nowMs });
}

describe('a signed statement', () => {
  it('verifies a version of an application of its pipeline', async () => {
    assert.deepEqual(await verify(), {
      ok: true,
      version: { application: SHOP, revision: V1, verifier: 'ci', issuedAtMs: ISSUED_MS },
    });
  });

  const refusals: readonly (readonly [string, Parameters<typeof verify>, RegExp])[] = [
    ['a key of nobody', [{}, { signer: other }], /no trusted key/u],
    ['another kind of statement', [{}, { type: 'holdfast-grant+jwt' }], /its type is not/u],
    ['another cluster', [{ cluster: 'dev' }], /it is about the cluster "dev"/u],
    ['another form', [{ revision: 'main' }], /malformed in "revision"/u],
    ['an application of others', [{ name: 'bank' }], /may not verify .* argocd\/bank/u],
    ['another kind of application', [{ kind: 'Kustomization' }], /may not verify/u],
    ['the future', [{}, { nowMs: ISSUED_MS - 61_000 }], /signed in the future/u],
    ['long ago', [{}, { nowMs: ISSUED_MS + 31 * 86_400_000 }], /older than 30 days/u],
  ];
  for (const [name, asked, reason] of refusals) {
    it(`does not count: ${name}`, async () => {
      const verification = await verify(...asked);
      assert.match(verification.ok ? '' : verification.reason, reason);
    });
  }

  it('does not count when its text was changed', async () => {
    const signed = await signText(JSON.stringify(statement), key, STATEMENT_TYPE);
    const [header = '', , signature = ''] = signed.split('.');
    const forged = Buffer.from(JSON.stringify({ ...statement, revision: '9'.repeat(40) }));
    const text = [header, forged.toString('base64url'), signature].join('.');
    const rules = { verifiers: [ci], cluster: 'prod', nowMs: ISSUED_MS };
    assert.deepEqual(await verifyStatement(text, rules), {
      ok: false,
      reason: 'the signature does not match',
    });
  });

  it('names the pipeline that may speak for the application, of two with one key', async () => {
    const bank = { ...ci, name: 'bank', applications: ['argocd/bank'] };
    const verification = await verify({}, { verifiers: [bank, ci] });
    assert.equal(verification.ok && verification.version.verifier, 'ci');
  });
});
