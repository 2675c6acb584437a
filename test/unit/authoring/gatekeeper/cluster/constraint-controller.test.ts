import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { buildFiles } from '../../../../../src/authoring/gatekeeper/cluster/build-files.ts';
import { TemplateChecker } from '../../../../../src/authoring/gatekeeper/cluster/check-templates.ts';
import { ConstraintCluster } from '../../../../../src/authoring/gatekeeper/cluster/constraint-cluster.ts';
import { ConstraintController } from '../../../../../src/authoring/gatekeeper/cluster/constraint-controller.ts';
import type { FollowedDocuments } from '../../../../../src/authoring/gatekeeper/cluster/constraint-follower.ts';
import {
  constraintKindOf,
  documentOf,
  SETTING_KINDS,
  TEMPLATE_KIND,
} from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { PublishedBundle } from '../../../../../src/authoring/gatekeeper/cluster/published-bundle.ts';
import { ensureOpa, type OpaLocation } from '../../../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../../../src/base/cache-folder.ts';
import { addMs, monotonicMs, systemClock } from '../../../../../src/base/clock.ts';
import { createTelemetry } from '../../../../../src/compose/telemetry.ts';
import { electAlone } from '../../../../../src/kubernetes/leader-election/leader-election.ts';
import type { KubernetesObject } from '../../../../../src/kubernetes/object.ts';
import { makeBundleKey } from '../../../../support/bundle-keys.ts';
import { unpackBundle } from '../../../../../src/policy/bundle/pack-bundle.ts';
import { startFakeApiServer, type FakeAnswer } from '../../../../support/fake-api-server.ts';
import { connectToFake } from '../../../../support/fake-client.ts';
import {
  sampleConstraint,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';
import { keepConfigMap } from '../../../../support/gatekeeper/config-map-store.ts';
import { policyText } from '../../../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../../../support/temporary-folder.ts';

const POLICY = 'mustbeowned/owned';
const STATUS = {
  template: '/apis/templates.gatekeeper.sh/v1/constrainttemplates/mustbeowned/status',
  constraint: '/apis/constraints.gatekeeper.sh/v1beta1/mustbeowned/owned/status',
};
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/applications';

describe('ConstraintController', () => {
  let opa: OpaLocation;
  before(async () => {
    opa = await ensureOpa({ cacheFolder: cacheFolder(process.env) });
  });

  /** The parts on an API server whose objects the test says. */
  async function start(t: TestContext, { leads = true }: { readonly leads?: boolean } = {}) {
    const server = await startFakeApiServer();
    const client = await connectToFake(server);
    t.after(async () => {
      client.close();
      await server.stop();
    });
    const folder = await makeTemporaryFolder(t, { 'sample/sample.rego': policyText() });
    const statuses = new Map<string, { readonly status: { readonly byPod: readonly object[] } }>();
    let refusal: FakeAnswer | undefined;
    const store = keepConfigMap(server, ({ path, body }) => {
      if (path.endsWith('/status')) statuses.set(path, body as never);
      return refusal ?? { body };
    });
    let found: FollowedDocuments = { status: 'unavailable', reason: 'nothing is listed yet' };
    let changes = 0;
    const telemetry = createTelemetry({ log: { level: 'error' } });
    let skippedMs = 0;
    const clock = {
      ...systemClock,
      monotonicMs: () => addMs(monotonicMs(systemClock.monotonicMs()), skippedMs),
    };
    const key = await makeBundleKey();
    const published = new PublishedBundle({
      client,
      clock,
      namespace: 'holdfast-system',
      key,
      scope: undefined,
    });
    const create = (election = electAlone()) =>
      new ConstraintController({
        election,
        follower: {
          get changes() {
            return changes;
          },
          read: () => found,
        },
        checker: new TemplateChecker(opa),
        published,
        cluster: new ConstraintCluster({ client, clock }),
        build: (constraints) => buildFiles({ sourceFolder: folder, opa, constraints }),
        clock,
        ...telemetry,
      });
    const resting = { ...electAlone(), renew: () => Promise.resolve({ leads: false, others: [] }) };
    return {
      server,
      store,
      statuses,
      create,
      controller: create(leads ? electAlone() : resting),
      /** What the cluster has from now on: a template and constraints. */
      has: (template: KubernetesObject | undefined, ...constraints: KubernetesObject[]) => {
        changes += 1;
        const kind = constraintKindOf('MustBeOwned');
        found = {
          status: 'known',
          documents: [
            ...(template === undefined
              ? []
              : [
                  { ...documentOf(template, TEMPLATE_KIND), kind: TEMPLATE_KIND, object: template },
                ]),
            ...constraints.map((object) => ({ ...documentOf(object, kind), kind, object })),
          ],
        };
      },
      /** Besides, a Config. */
      hasConfig: (spec: unknown) => {
        const [kind] = SETTING_KINDS;
        assert.ok(found.status === 'known' && kind !== undefined);
        const object = { metadata: { namespace: 'gatekeeper-system', name: 'config' }, spec };
        const config = { ...documentOf(object, kind), kind, object };
        changes += 1;
        found = { ...found, documents: [...found.documents, config] };
      },
      later: () => {
        skippedMs += 60_000;
      },
      refuse: (answer: FakeAnswer | undefined) => {
        refusal = answer;
      },
      /** The published bundle stays, without what it was built from. */
      forget: async () => {
        const files = await unpackBundle(
          Buffer.from(store.binaryData()?.['bundle.tar.gz'] ?? '', 'base64'),
        );
        const read = await published.read();
        assert.ok(files.ok && read.status === 'read');
        await published.write({
          files: files.value,
          documents: [],
          resourceVersion: read.resourceVersion,
        });
      },
      policies: async () => {
        const read = await published.read();
        assert.ok(read.status === 'read');
        return read.manifest?.policies.map(({ name }) => name);
      },
    };
  }

  function byPod({ statuses }: Awaited<ReturnType<typeof start>>, of: keyof typeof STATUS): string {
    return JSON.stringify(statuses.get(STATUS[of])?.status.byPod);
  }

  it('publishes the constraints of the cluster, makes their kind, and says so', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate({ generation: 2 }), sampleConstraint({ generation: 3 }));

    await stage.controller.turn();

    assert.equal(stage.controller.problem(), undefined);
    assert.deepEqual(await stage.policies(), ['sample', POLICY]);
    assert.match(byPod(stage, 'template'), /"observedGeneration":2/u);
    assert.match(byPod(stage, 'constraint'), /"enforced":true/u);
  });

  it('writes nothing again while nothing has changed, and puts back what somebody replaced', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();

    await stage.controller.turn();
    stage.later();
    await stage.controller.turn();
    assert.equal(stage.store.writes(), 1);
    stage.store.replace({ 'bundle.tar.gz': 'AAAA' });
    stage.later();
    await stage.controller.turn();

    assert.equal(stage.store.writes(), 2);
    assert.deepEqual(await stage.policies(), ['sample', POLICY]);
  });

  it('keeps the last good form of a template that somebody broke, beside what changes', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();

    for (const rego of [
      'package x\nviolation[',
      'package x\nviolation[{"msg": m}] { m := f(1) }',
    ]) {
      stage.has(sampleTemplate({ rego }), sampleConstraint(), sampleConstraint({ name: 'more' }));
      await stage.controller.turn();

      assert.deepEqual(await stage.policies(), ['sample', POLICY, 'mustbeowned/more']);
      assert.match(byPod(stage, 'template'), /policy_source_invalid.*last good form stays/u);
      assert.match(byPod(stage, 'constraint'), /"enforced":true/u);
    }
  });

  it('publishes nothing that drops a policy because its template cannot be read, after a start, too', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();
    stage.has({ ...sampleTemplate(), spec: 1 }, sampleConstraint());
    // As a version before has published it, which did not keep what it was built from.
    await stage.forget();

    const next = stage.create();
    await next.turn();

    assert.match(
      next.problem() ?? '',
      /"mustbeowned\/owned" would be dropped, because Constraint/u,
    );
    assert.match(byPod(stage, 'template'), /policy_source_invalid/u);
    assert.match(byPod(stage, 'constraint'), /there is no template of the kind/u);
    assert.deepEqual(await stage.policies(), ['sample', POLICY]);
    assert.equal(stage.store.writes(), 2);
  });

  it('knows the last good form after a start, and after another has led, and publishes what changes beside it', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();
    const broken = { ...sampleTemplate(), spec: 1 };
    stage.has(broken, sampleConstraint(), sampleConstraint({ name: 'more' }));

    const next = stage.create();
    await next.turn();

    assert.equal(next.problem(), undefined);
    assert.deepEqual(await stage.policies(), ['sample', POLICY, 'mustbeowned/more']);
    assert.match(byPod(stage, 'template'), /last good form stays/u);
    stage.has(broken, sampleConstraint({ name: 'more' }));
    await stage.create().turn();
    assert.deepEqual(await stage.policies(), ['sample', 'mustbeowned/more']);
  });

  it('holds a constraint that was deleted while Git lists it, and drops it when Git does not', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();
    answerApplication(stage.server, 'MustBeOwned');
    stage.has(sampleTemplate());

    await stage.controller.turn();
    assert.match(
      stage.controller.problem() ?? '',
      /was deleted, and Application argocd\/policies still lists it/u,
    );
    assert.deepEqual(await stage.policies(), ['sample', POLICY]);
    answerApplication(stage.server, undefined);
    stage.later();
    await stage.controller.turn();

    assert.equal(stage.controller.problem(), undefined);
    assert.deepEqual(await stage.policies(), ['sample']);
  });

  it('holds a constraint that is gone while nobody can tell', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();
    stage.server.answer(APPLICATIONS, { status: 500, body: {} });
    stage.has(undefined);

    await stage.controller.turn();

    assert.match(stage.controller.problem() ?? '', /nobody can tell/u);
    assert.deepEqual(await stage.policies(), ['sample', POLICY]);
  });

  it('drops a constraint that no longer acts at the webhook', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    await stage.controller.turn();
    const elsewhere = {
      enforcementAction: 'scoped',
      scopedEnforcementActions: [
        { action: 'deny', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] },
      ],
    };
    stage.has(sampleTemplate(), sampleConstraint({ spec: elsewhere }));

    await stage.controller.turn();

    assert.deepEqual(await stage.policies(), ['sample']);
    assert.match(byPod(stage, 'constraint'), /"enforced":false/u);
  });

  it('publishes nothing while it cannot be told which namespaces are left out', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    stage.hasConfig(1);

    await stage.controller.turn();

    assert.equal(
      stage.controller.problem(),
      'The last bundle stays: Config/gatekeeper-system/config: the Config cannot be understood',
    );
    assert.equal(stage.store.writes(), 0);
    assert.equal(stage.statuses.size, 0);
  });

  it('publishes nothing while something cannot be read', async (t) => {
    const stage = await start(t);
    await stage.controller.turn();
    assert.equal(stage.controller.problem(), 'nothing is listed yet');

    stage.has(sampleTemplate(), sampleConstraint());
    const path = '/api/v1/namespaces/holdfast-system/configmaps/holdfast-gatekeeper';
    stage.server.answer(path, { status: 500, body: {} });
    await stage.controller.turn();

    assert.match(stage.controller.problem() ?? '', /answered 500/u);
    assert.equal(stage.store.writes(), 0);
  });

  it('says in the status of a template why its kind cannot be made', async (t) => {
    const stage = await start(t);
    stage.has(sampleTemplate(), sampleConstraint());
    stage.refuse({ status: 422, body: { message: 'no schema' } });

    await stage.controller.turn();

    assert.match(byPod(stage, 'template'), /The kind MustBeOwned cannot be defined: .*no schema/u);
    assert.match(stage.controller.problem() ?? '', /status of .* cannot be written/u);
    stage.refuse(undefined);
    stage.later();
    await stage.controller.turn();
    assert.equal(stage.controller.problem(), undefined);
    assert.doesNotMatch(byPod(stage, 'template'), /errors/u);
  });

  it('writes nothing where another leads', async (t) => {
    const stage = await start(t, { leads: false });
    stage.has(sampleTemplate(), sampleConstraint());

    await stage.controller.turn();
    await stage.controller.close();

    assert.equal(stage.store.writes(), 0);
    assert.equal(stage.statuses.size, 0);
  });
});

function answerApplication(
  server: Awaited<ReturnType<typeof startFakeApiServer>>,
  kind: string | undefined,
): void {
  const resources =
    kind === undefined ? [] : [{ group: 'constraints.gatekeeper.sh', kind, name: 'owned' }];
  const application = {
    metadata: { namespace: 'argocd', name: 'policies' },
    spec: { destination: { name: 'in-cluster' } },
    status: { resources },
  };
  server.answer(APPLICATIONS, { body: { metadata: {}, items: [application] } });
}
