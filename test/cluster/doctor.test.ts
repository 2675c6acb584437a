/** `holdfast doctor` on a real API server: a registration that holds, and then what is done to it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import type { Cluster } from '../support/cluster/cluster.ts';
import { serverCertificatesOf } from '../support/certificates.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const answerSchema = z.object({
  checks: z.array(
    z.object({
      check: z.string(),
      findings: z.array(z.looseObject({ code: z.string(), status: z.string() })),
    }),
  ),
});

describe('holdfast doctor', () => {
  let cluster: Cluster;
  let configuration: string;

  before(async () => {
    const shop = await startShopCluster({});
    ({ cluster } = shop);
    configuration = join(shop.holdfast.folder, 'holdfast.yaml');
  });
  after(() => cluster?.stop());

  async function examine(user = 'root'): Promise<{ code: number; found: Map<string, string[]> }> {
    const words = ['doctor', '--config', configuration, '--output', 'json'];
    const argv = [...words, '--kubeconfig', cluster.kubeconfigOf(user)];
    const ended = await promisify(execFile)(process.execPath, [PROGRAM, ...argv]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: unknown) => z.looseObject({ code: z.number(), stdout: z.string() }).parse(error),
    );
    const { checks } = answerSchema.parse(JSON.parse(ended.stdout));
    const found = checks.map(
      ({ check, findings }) => [check, findings.map(({ code }) => code)] as const,
    );
    return { code: ended.code, found: new Map(found) };
  }

  async function patchFirst(change: { readonly path: string; readonly value: unknown }) {
    await cluster.mustKubectl('root', [
      'patch',
      'validatingwebhookconfiguration',
      'holdfast',
      '--type=json',
      '-p',
      JSON.stringify([{ op: 'replace', ...change }]),
    ]);
  }

  it('finds a registration that the API server can use, and nothing that guards it', async () => {
    const { found } = await examine();

    assert.deepEqual(found.get('registration'), ['registration_present']);
    assert.deepEqual(found.get('certificate'), ['chain_trusted']);
    assert.deepEqual(found.get('guard'), ['guard_absent']);
    assert.deepEqual(found.get('handshake'), ['handshake_trusted']);
    assert.deepEqual(found.get('call'), ['call_answered']);
    assert.deepEqual(found.get('kinds'), ['kinds_covered']);
    assert.deepEqual(found.get('clock'), ['clock_agrees']);
  });

  it('names what somebody without rights may not look at, beside what he sees fail', async () => {
    const { code, found } = await examine('bob');

    // bob may look at pods: none of them has the account of the second writer.
    assert.equal(code, 1);
    assert.deepEqual(found.get('tools'), ['writer_proven', 'writer_absent']);
    for (const check of ['registration', 'certificate', 'guard', 'rights']) {
      assert.deepEqual(found.get(check), ['not_looked_at'], check);
    }
  });

  it('finds an authority that is not of what is served, as the API server does', async () => {
    const other = Buffer.from(serverCertificatesOf('elsewhere').authority.cert).toString('base64');
    const registered = await cluster.mustKubectl('root', [
      'get',
      'validatingwebhookconfiguration/holdfast',
      '-o',
      'jsonpath={.webhooks[0].clientConfig.caBundle}',
    ]);
    await patchFirst({ path: '/webhooks/0/clientConfig/caBundle', value: other });

    const { code, found } = await examine();

    assert.equal(code, 1);
    assert.deepEqual(found.get('certificate'), ['authorities_differ']);
    assert.deepEqual(found.get('handshake')?.toSorted(), [
      'handshake_refused',
      'handshake_trusted',
    ]);
    assert.deepEqual(found.get('call'), ['call_failed']);
    await patchFirst({ path: '/webhooks/0/clientConfig/caBundle', value: registered });
  });

  it('finds kinds that the rules no longer reach', async () => {
    await patchFirst({ path: '/webhooks/0/rules/0/apiGroups', value: ['', 'apps'] });

    const { found } = await examine();

    assert.deepEqual(found.get('kinds'), ['kinds_uncovered']);
    await patchFirst({ path: '/webhooks/0/rules/0/apiGroups', value: ['*'] });
  });

  it('finds what is wrong with what somebody did to it', async () => {
    const patch = [
      { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' },
      { op: 'replace', path: '/webhooks/1/timeoutSeconds', value: 1 },
    ];
    await cluster.mustKubectl('root', [
      'patch',
      'validatingwebhookconfiguration',
      'holdfast',
      '--type=json',
      '-p',
      JSON.stringify(patch),
    ]);

    const { code, found } = await examine();

    assert.equal(code, 1);
    assert.deepEqual(found.get('registration'), ['webhook_open', 'webhook_timeout_short']);
  });

  it('says that the API server asks nobody once the registration is gone', async () => {
    const gone = ['delete', 'validatingwebhookconfiguration,mutatingwebhookconfiguration'];
    await cluster.mustKubectl('root', [...gone, 'holdfast']);

    const { code, found } = await examine();

    assert.equal(code, 1);
    assert.deepEqual(found.get('registration'), ['registration_absent']);
    assert.deepEqual(found.get('certificate'), []);
  });
});
