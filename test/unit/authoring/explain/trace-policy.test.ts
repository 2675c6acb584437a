import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  createTracer,
  type PolicyTrace,
  type TracePolicy,
} from '../../../../src/authoring/explain/trace-policy.ts';
import { explainText, startPolicy, type StartedPolicy } from '../../../support/explained-policy.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const DEPLOYMENT =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: report, namespace: shop }\n';
const OWNER = { name: 'owner', isConstraint: false };
const DENY = { rule: 'deny', file: 'owner/owner.rego', row: 17 };

type Decided = Parameters<TracePolicy>[1];

async function judge(started: StartedPolicy): Promise<Decided> {
  const [item] = await explainText(started, DEPLOYMENT);
  assert.ok(item?.kind === 'explained' && item.review.status === 'decided');
  return item.review;
}

interface Tracing {
  /** @default that of the policy */
  readonly bundle?: string;
  /** @default that of this process */
  readonly environment?: NodeJS.ProcessEnv;
}

async function trace(t: TestContext, tracing: Tracing): Promise<PolicyTrace> {
  const started = await startPolicy(t);
  const { bundle = started.offline.bundle, environment = process.env } = tracing;
  const tracePolicy = await createTracer({ bundle, environment, progress: () => undefined });
  return tracePolicy(OWNER, await judge(started));
}

/** Stands for an OPA that prints what the one of the tests does not print. */
async function installOpa(t: TestContext, printing: string): Promise<NodeJS.ProcessEnv> {
  const script = `#!/bin/sh\nif [ "$1" = version ]; then echo "Version: 1.99.0"; exit; fi\n${printing}\n`;
  const folder = await makeTemporaryFolder(t, { opa: script });
  await chmod(join(folder, 'opa'), 0o755);
  return { PATH: folder, XDG_CACHE_HOME: join(folder, 'cache') };
}

describe('createTracer()', () => {
  it('tells of each rule whether it held, and the values of the others, which a constraint has none of', async (t) => {
    const started = await startPolicy(t);
    const review = await judge(started);
    const tracePolicy = await createTracer({
      bundle: started.offline.bundle,
      environment: process.env,
      progress: () => undefined,
    });

    const traced = await tracePolicy(OWNER, review);
    const constraint = await tracePolicy({ ...OWNER, isConstraint: true }, review);
    const bare = await tracePolicy(OWNER, { ...review, parameters: {} });

    assert.ok(traced.ok && bare.ok);
    assert.deepEqual(traced.rules, [{ ...DENY, held: true }]);
    assert.deepEqual(Object.keys(traced.values), ['deny']);
    assert.deepEqual(constraint, { ok: true, values: {}, rules: traced.rules });
    assert.deepEqual(bare.values, { deny: [] });
  });

  it('says that there is no OPA, and builds none', async (t) => {
    const empty = await makeTemporaryFolder(t);

    assert.deepEqual(await trace(t, { environment: { PATH: empty, XDG_CACHE_HOME: empty } }), {
      ok: false,
      reason: 'there is no OPA on this machine: put "opa" on PATH, or build a bundle once',
    });
  });

  it('says why a bundle cannot be read', async (t) => {
    const bundle = join(await makeTemporaryFolder(t), 'none');

    assert.deepEqual(await trace(t, { bundle }), { ok: false, reason: 'there is no such file' });
  });

  it('says what OPA has against a bundle', async (t) => {
    const bundle = await makeTemporaryFolder(t, { 'owner/owner.rego': 'package owner\n\ndeny {' });

    const traced = await trace(t, { bundle });

    assert.ok(!traced.ok);
    assert.match(traced.reason, /owner\.rego:3: /u);
  });

  it('names the version of an OPA whose trace it cannot read', async (t) => {
    const environment = await installOpa(t, 'echo "{}]"');

    assert.deepEqual(await trace(t, { environment }), {
      ok: false,
      reason: 'OPA 1.99.0 printed a trace of another form',
    });
  });

  it('shows nothing of a trace that is larger than an output may be', async (t) => {
    const environment = await installOpa(t, 'head -c 70000000 /dev/zero');

    assert.deepEqual(await trace(t, { environment }), {
      ok: false,
      reason:
        'what OPA prints of this policy is larger than an output may be: explain a smaller review, or trace the policy alone with opa eval',
    });
  });

  it('finds the file of a path whose middle OPA has cut out, where only one can be meant', async (t) => {
    const steps = [
      '/bundle/...ner/owner.rego:17     | Enter data.holdfast.policies.owner.deny',
      '/bundle/...ego:17         | Enter data.holdfast.policies.owner.warn',
    ];
    const environment = await installOpa(t, `cat <<'END'\n${steps.join('\n')}\nundefined\nEND`);

    const traced = await trace(t, { environment });

    assert.deepEqual(traced, { ok: true, values: {}, rules: [{ ...DENY, held: false }] });
  });

  it('tells of a line that the file does not have no text', async (t) => {
    const steps = [
      '/bundle/owner/owner.rego:17     | Enter data.holdfast.policies.owner.deny',
      '/bundle/owner/owner.rego:999    | | Fail x',
    ];
    const environment = await installOpa(t, `cat <<'END'\n${steps.join('\n')}\nundefined\nEND`);

    assert.deepEqual(await trace(t, { environment }), {
      ok: true,
      values: {},
      rules: [{ ...DENY, held: false, stoppedAt: { row: 999, text: '' } }],
    });
  });
});
