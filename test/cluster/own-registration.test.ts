/** Holdfast registers itself on a real API server, with the rights of the chart: only once it is reached, and whatever others do. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { registerHoldfast, waitUntilAsked } from '../support/cluster/holdfast.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { REGISTRATION_ROLE } from '../support/registration/registration-role.ts';
import { trackingAnnotation } from '../support/cluster/shop.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const VALIDATING = `${ADMISSION}/validatingwebhookconfigurations/holdfast`;
const MUTATING = `${ADMISSION}/mutatingwebhookconfigurations/holdfast`;
/** Port 9 (discard) refuses connections on loopback. */
const NOWHERE = 'https://127.0.0.1:9';
/** What is wanted; a busy machine takes longer, and the deadline of the wait is generous. */
const HEALED_MS_WANTED = 1000;

const webhookSchema = z.looseObject({
  name: z.string(),
  failurePolicy: z.string(),
  matchConditions: z.array(z.looseObject({ name: z.string() })).default([]),
});
const configurationSchema = z.looseObject({ webhooks: z.array(webhookSchema).default([]) });

describe('a Holdfast that registers itself', () => {
  const world = useCluster(async () => {
    const cluster = await startCluster();
    try {
      await cluster.mustKubectl('root', ['create', '-f', '-'], {
        input: ['argocd', 'flux-system', 'shop'].map((name) => ({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        })),
      });
      const holdfast = await registerHoldfast(cluster, {
        registration: { manage: true, url: NOWHERE, authorityFile: 'certs/ca.crt' },
        audit: { journal: { folder: 'journal' } },
      });
      return { cluster, holdfast, stop: cluster.stop };
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  });

  const cluster = (): StartedCluster => world().cluster;
  const read = async (path: string) => {
    const { code, body } = await cluster().request('root', path);
    return code === 200 ? configurationSchema.parse(body) : undefined;
  };
  const metric = async (name: string): Promise<number | undefined> => {
    const text = await (await fetch(`${world().holdfast.operationsUrl}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    const found = line?.slice(name.length + 1);
    return found === undefined ? undefined : Number(found);
  };
  const configure = async (change: (configuration: Record<string, unknown>) => object) => {
    const file = join(world().holdfast.folder, 'holdfast.yaml');
    const before = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(await readFile(file, 'utf8')));
    await writeFile(file, JSON.stringify(change(before)));
  };
  /** How long it takes until the registration is as before. */
  const measureHealing = async (path: string, before: object, spoil: () => Promise<unknown>) => {
    const drifts = (await metric('holdfast_registration_writes_total{reason="drift"}')) ?? 0;
    await spoil();
    const startMs = performance.now();
    await waitFor(
      'the registration is as before',
      async () =>
        JSON.stringify(await read(path).then((live) => live?.webhooks)) ===
        JSON.stringify(Reflect.get(before, 'webhooks')),
      { pollMs: 20 },
    );
    const tookMs = performance.now() - startMs;
    await waitFor('it is counted', async () => {
      return (await metric('holdfast_registration_writes_total{reason="drift"}')) === drifts + 1;
    });
    return tookMs;
  };

  it('says that it may not, as long as it has no right to', async () => {
    await waitFor(
      'the metric says so',
      async () => (await metric('holdfast_registration_kept')) === 0,
    );
    const log = await readFile(world().holdfast.logFile, 'utf8');
    assert.match(log, /The registration cannot be kept/u);
    assert.match(log, /holdfast-probe/u);
    assert.equal(await read(VALIDATING), undefined);
  });

  it('registers nothing while the API server does not reach it', async () => {
    await cluster().mustKubectl('root', ['apply', '-f', '-'], { input: REGISTRATION_ROLE });
    await waitFor('the probe fails', async () =>
      (await readFile(world().holdfast.logFile, 'utf8')).includes(
        'It is not registered before the API server is seen to reach Holdfast: The API server answered 500',
      ),
    );
    assert.equal(await read(VALIDATING), undefined);
    assert.equal(await read(MUTATING), undefined);
    const { code } = await cluster().request('alice', '/api/v1/namespaces/shop/configmaps', {
      method: 'POST',
      body: { metadata: { name: 'free' } },
    });
    assert.equal(code, 201);
  });

  it('registers itself once it was seen to answer, and refuses what is managed', async () => {
    const { url } = world().holdfast;
    await configure((before) => ({
      ...before,
      registration: { ...Object(before['registration']), url },
    }));
    await waitUntilAsked(cluster());
    await waitFor('all is kept', async () => (await metric('holdfast_registration_kept')) === 1);
    const webhooks = (await read(VALIDATING))?.webhooks ?? [];
    assert.deepEqual(
      webhooks.map(({ name, failurePolicy }) => [name, failurePolicy]),
      [
        ['drift.holdfast.dev', 'Fail'],
        ['connect.holdfast.dev', 'Fail'],
        ['children.holdfast.dev', 'Ignore'],
        ['self.holdfast.dev', 'Ignore'],
        ['credentials.holdfast.dev', 'Ignore'],
      ],
    );
    assert.equal((await read(MUTATING))?.webhooks.length, 1);
    assert.equal(await metric('holdfast_registration_writes_total{reason="first"}'), 2);
    const forged = {
      metadata: { name: 'forged', annotations: trackingAnnotation('a', '/ConfigMap:shop/forged') },
    };
    const { body } = await cluster().request('alice', '/api/v1/namespaces/shop/configmaps', {
      method: 'POST',
      body: forged,
    });
    assert.equal(readDenial({ stderr: body.message ?? '' })?.webhook, 'drift.holdfast.dev');
  });

  const edits: readonly (readonly [string, object])[] = [
    ['a condition', { matchConditions: [{ name: 'never', expression: 'false' }] }],
    ['another failure policy', { failurePolicy: 'Ignore' }],
    ['a selector of nothing', { objectSelector: { matchLabels: { no: 'such' } } }],
    ['other rules', { rules: [] }],
  ];
  for (const [what, change] of edits) {
    it(`takes back ${what} within a second`, async (context) => {
      const before = await read(VALIDATING);
      assert.ok(before !== undefined);
      const tookMs = await measureHealing(VALIDATING, before, () =>
        cluster().request('alice', VALIDATING, {
          method: 'PATCH',
          patchType: 'application/strategic-merge-patch+json',
          body: { webhooks: [{ name: 'drift.holdfast.dev', ...change }] },
        }),
      );
      context.diagnostic(`healed after ${tookMs.toFixed(0)} ms (wanted: ${HEALED_MS_WANTED} ms)`);
    });
  }

  for (const path of [VALIDATING, MUTATING]) {
    it(`makes ${path.split('/')[4] ?? ''} again within a second after it was deleted`, async (context) => {
      const before = await read(path);
      assert.ok(before !== undefined);
      const tookMs = await measureHealing(path, before, () =>
        cluster().request('alice', path, { method: 'DELETE' }),
      );
      context.diagnostic(`healed after ${tookMs.toFixed(0)} ms (wanted: ${HEALED_MS_WANTED} ms)`);
    });
  }

  it('records each change as a finding of its own', async () => {
    const query = ['audit', 'query', 'journal', '--code', 'registration_changed'];
    const printed = await world().holdfast.run(query);
    assert.match(printed, /registration_changed/u);
  });

  it('follows a change of the configuration, with no write failed or unjudged meanwhile', async () => {
    const outcome = { failed: 0, unjudged: 0, sent: 0 };
    const stopping = new AbortController();
    const writes = (async () => {
      while (!stopping.signal.aborted) {
        outcome.sent += 1;
        const name = `written-${outcome.sent}`;
        const annotations = trackingAnnotation('a', `/ConfigMap:shop/${name}`);
        const { code, body } = await cluster().request(
          'alice',
          '/api/v1/namespaces/shop/configmaps',
          { method: 'POST', body: { metadata: { name, annotations } } },
        );
        if (code === 201) outcome.unjudged += 1;
        else if (readDenial({ stderr: body.message ?? '' }) === undefined) outcome.failed += 1;
      }
    })();
    await configure((before) => ({
      ...before,
      ownership: { ...Object(before['ownership']), exemptNamespaces: ['sandbox'] },
    }));
    await waitFor('the new condition is registered', async () =>
      JSON.stringify(await read(VALIDATING)).includes('not-exempt-namespaces'),
    );
    stopping.abort();
    await writes;
    assert.ok(outcome.sent > 0);
    assert.deepEqual([outcome.failed, outcome.unjudged], [0, 0], JSON.stringify(outcome));
    assert.ok(
      ((await metric('holdfast_registration_writes_total{reason="configuration"}')) ?? 0) >= 1,
    );
  });

  it('goes on after the API server was away', async () => {
    await cluster().restartApiServer();
    const before = await waitFor('it is served again', () => read(VALIDATING));
    await waitFor('all is kept', async () => (await metric('holdfast_registration_kept')) === 1);
    await measureHealing(VALIDATING, before, () =>
      cluster().request('alice', VALIDATING, { method: 'DELETE' }),
    );
  });

  it('stays registered when it is stopped or killed, and is kept again by the next process', async () => {
    const { holdfast } = world();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await holdfast.stop(signal);
      assert.equal((await read(VALIDATING))?.webhooks.length, 5);
      await holdfast.start();
      await waitFor('all is kept', async () => (await metric('holdfast_registration_kept')) === 1);
      const before = await read(VALIDATING);
      assert.ok(before !== undefined);
      await measureHealing(VALIDATING, before, () =>
        cluster().request('alice', VALIDATING, { method: 'DELETE' }),
      );
    }
  });
});
