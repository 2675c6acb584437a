import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { generateSigningKeyText, readSigningKey } from '../../../../src/base/json-web-signature.ts';
import { parseYaml } from '../../../../src/base/parse-yaml.ts';
import { lineageVerifyCommand } from '../../../../src/cli/lineage/verify.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { verifyStatement } from '../../../../src/source/lineage/verify-statement.ts';
import { recordContext } from '../../../support/command-context.ts';
import { SHOP, V1, V2 } from '../../../support/lineage-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const manifestSchema = z.object({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  data: z.object({ statement: z.string() }),
});

const keyText = generateSigningKeyText();

async function run(t: TestContext, ...argv: readonly string[]) {
  const workingDirectory = await makeTemporaryFolder(t);
  await writeFile(join(workingDirectory, 'pipeline.jwk'), keyText);
  await writeFile(
    join(workingDirectory, 'holdfast.yaml'),
    'cluster: { name: prod }\naudit: { journal: {} }\nlineage: { statementsNamespace: statements }\n',
  );
  await writeFile(join(workingDirectory, 'other.yaml'), 'cluster: { name: dev }\n');
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['lineage', 'verify', ...argv], {
    commands: [lineageVerifyCommand],
    groups: { lineage: 'Lineage' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

async function verify(printed: string, cluster = 'prod') {
  const parsed = parseYaml(printed, { dialect: 'strict', aliasesMax: 0 });
  const manifest = manifestSchema.parse(parsed.ok ? parsed.documents[0]?.value : undefined);
  const key = await readSigningKey(keyText);
  assert.ok(key.ok);
  const verifier = { name: 'ci', key: key.key, kind: SHOP.kind, applications: ['*/*'] };
  const rules = { verifiers: [verifier], cluster, nowMs: Date.now() };
  return { manifest, verification: await verifyStatement(manifest.data.statement, rules) };
}

describe('holdfast lineage verify', () => {
  it('signs what a pipeline has verified, for the cluster and the namespace of the configuration', async (t) => {
    const revision = `${V1}+${V2}`;
    const named = ['argocd/shop', revision, '--key', 'pipeline.jwk', '--config', 'holdfast.yaml'];
    const { status, printed } = await run(t, ...named);
    assert.equal(status, 'ok');
    const { manifest, verification } = await verify(printed);
    assert.match(manifest.metadata.name, /^verified-[0-9a-f]{16}$/u);
    assert.equal(manifest.metadata.namespace, 'statements');
    assert.partialDeepStrictEqual(verification, {
      ok: true,
      version: { application: SHOP, revision },
    });
    const again = await verify((await run(t, ...named)).printed);
    assert.equal(again.manifest.metadata.name, manifest.metadata.name);
  });

  it('signs for the cluster and the namespace that are named', async (t) => {
    const { printed } = await run(
      t,
      'argocd/shop',
      V1,
      '--key=pipeline.jwk',
      '--config=other.yaml',
      '--cluster=prod-eu-1',
      '--statements-namespace=other',
    );
    const { manifest, verification } = await verify(printed, 'prod-eu-1');
    assert.deepEqual([manifest.metadata.namespace, verification.ok], ['other', true]);
  });

  it('says what is missing', async (t) => {
    const config = ['--config', 'other.yaml'];
    const missing: readonly (readonly [readonly string[], string, RegExp])[] = [
      [['shop', V1], 'usage', /"shop" is no application/u],
      [['argocd/shop', 'main'], 'usage', /"main" is no version: write the id of the commit/u],
      [['argocd/shop', V1, ...config], 'usage', /Name the namespace of the ConfigMap/u],
    ];
    for (const [argv, status, reported] of missing) {
      const result = await run(t, ...argv);
      assert.equal(result.status, status);
      assert.match(result.reported, reported);
    }
  });
});
