import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  generateSigningKeyText,
  readSigningKey,
  signText,
} from '../../../src/base/json-web-signature.ts';
import { readStatement, readVerifiers } from '../../../src/compose/statement-reader.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { VerifiedVersion } from '../../../src/source/lineage/lineage-keeper.ts';
import { STATEMENT_TYPE } from '../../../src/source/lineage/parse-statement.ts';
import { lineageSchema } from '../../../src/source/lineage/settings.ts';
import { SHOP, V1 } from '../../support/lineage-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 8);
const keyText = generateSigningKeyText();

function settingsWith(key: string) {
  const verifier = { name: 'ci', key, applications: ['argocd/shop'] };
  return lineageSchema.parse({ verifiers: [verifier] });
}

async function read(data: unknown) {
  const telemetry = recordTelemetry();
  const verified: VerifiedVersion[] = [];
  const object: KubernetesObject & { readonly data: unknown } = {
    metadata: { namespace: 'statements', name: 'verified-1' },
    data,
  };
  await readStatement(object, {
    verifiers: await readVerifiers(settingsWith(keyText)),
    cluster: 'prod',
    nowMs: () => NOW_MS,
    onVerified: (version) => verified.push(version),
    ...telemetry,
  });
  const counted = await telemetry.exposed('holdfast_lineage_statements_total');
  return { verified, counted, entries: telemetry.entries };
}

async function sign(): Promise<string> {
  const key = await readSigningKey(keyText);
  assert.ok(key.ok);
  const text = {
    cluster: 'prod',
    ...SHOP,
    revision: V1,
    issuedAt: new Date(NOW_MS).toISOString(),
  };
  return await signText(JSON.stringify(text), key.key, STATEMENT_TYPE);
}

describe('a ConfigMap with a statement', () => {
  it('verifies a version', async () => {
    const { verified, counted } = await read({ statement: `${await sign()}\n` });
    assert.deepEqual(verified, [
      { application: SHOP, revision: V1, verifier: 'ci', issuedAtMs: NOW_MS },
    ]);
    assert.deepEqual(counted, ['holdfast_lineage_statements_total{outcome="verified"} 1']);
  });

  it('verifies nothing where somebody wrote it who has no key', async () => {
    const [header = '', payload = ''] = (await sign()).split('.');
    for (const statement of [
      `${header}.${payload}.${'A'.repeat(86)}`,
      JSON.stringify({ ...SHOP, revision: V1 }),
      'x'.repeat(8193),
    ]) {
      const { verified, counted, entries } = await read({ statement });
      assert.deepEqual(verified, []);
      assert.deepEqual(counted, ['holdfast_lineage_statements_total{outcome="refused"} 1']);
      assert.equal(entries[0]?.fields['name'], 'verified-1');
    }
  });

  it('of others is passed over', async () => {
    for (const data of [undefined, null, { 'ca.crt': 'x' }, { statement: 1 }, 'x']) {
      const { verified, counted, entries } = await read(data);
      assert.deepEqual([verified, counted, entries], [[], [], []]);
    }
  });
});

describe('the key of a pipeline', () => {
  it('that cannot be used is named, and not shown', async () => {
    await assert.rejects(readVerifiers(settingsWith('secret-looking text')), {
      code: 'lineage_key_unusable',
      message:
        'The key of the lineage verifier "ci" cannot be used: it is neither a JSON web key nor a public key in PEM',
    });
  });
});
