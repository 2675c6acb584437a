import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ConstraintCluster } from '../../../../../src/authoring/gatekeeper/cluster/constraint-cluster.ts';
import {
  constraintKindOf,
  documentOf,
  TEMPLATE_KIND,
} from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { parseTemplate } from '../../../../../src/authoring/gatekeeper/parse-template.ts';
import { systemClock } from '../../../../../src/base/clock.ts';
import type { FollowedKind } from '../../../../../src/kubernetes/watch/object-follower.ts';
import type { KubernetesObject } from '../../../../../src/kubernetes/object.ts';
import {
  startFakeApiServer,
  type FakeApiServer,
  type FakeWrite,
} from '../../../../support/fake-api-server.ts';
import { connectToFake } from '../../../../support/fake-client.ts';
import {
  sampleConstraint,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';

const DEFINITION =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/mustbeowned.constraints.gatekeeper.sh';

interface Started {
  readonly server: FakeApiServer;
  readonly cluster: ConstraintCluster;
  readonly writes: readonly FakeWrite[];
}

async function start(t: TestContext, status = 200): Promise<Started> {
  const server = await startFakeApiServer();
  const client = await connectToFake(server);
  t.after(async () => {
    client.close();
    await server.stop();
  });
  const writes: FakeWrite[] = [];
  server.answerWrites((write) => {
    writes.push(write);
    return { status, body: { message: 'as the test says' } };
  });
  return { server, writes, cluster: new ConstraintCluster({ client, clock: systemClock }) };
}

function followed(object: KubernetesObject, kind: FollowedKind) {
  return { ...documentOf(object, kind), kind, object };
}

function template() {
  const parsed = parseTemplate(sampleTemplate());
  assert.ok(parsed.ok);
  return parsed.template;
}

describe('ConstraintCluster', () => {
  it('writes a status over the object that was read', async (t) => {
    const { cluster, writes } = await start(t);

    const made = sampleTemplate({ resourceVersion: '7' });
    await cluster.writeStatus(followed(made, TEMPLATE_KIND), { created: true });
    const ruled = sampleConstraint({ resourceVersion: '8' });
    await cluster.writeStatus(followed(ruled, constraintKindOf('MustBeOwned')), { byPod: [] });

    assert.deepEqual(writes, [
      {
        method: 'PATCH',
        path: '/apis/templates.gatekeeper.sh/v1/constrainttemplates/mustbeowned/status',
        contentType: 'application/merge-patch+json',
        body: { metadata: { resourceVersion: '7' }, status: { created: true } },
      },
      {
        method: 'PATCH',
        path: '/apis/constraints.gatekeeper.sh/v1beta1/mustbeowned/owned/status',
        contentType: 'application/merge-patch+json',
        body: { metadata: { resourceVersion: '8' }, status: { byPod: [] } },
      },
    ]);
  });

  it('says why a status is not written, but for an object that has changed or gone', async (t) => {
    for (const [status, expected] of [
      [403, /as the test says/u],
      [409, undefined],
      [404, undefined],
    ] as const) {
      const { cluster } = await start(t, status);
      const problem = await cluster.writeStatus(followed(sampleTemplate(), TEMPLATE_KIND), {});

      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? '', expected);
    }
  });

  it('writes nowhere for a name that is none', async (t) => {
    const { cluster, writes } = await start(t);

    await cluster.writeStatus(followed({ metadata: { name: '..' } }, TEMPLATE_KIND), {});

    assert.deepEqual(writes, []);
  });

  it('makes the kind of a template, and renews its own', async (t) => {
    const { server, cluster, writes } = await start(t);

    assert.equal(await cluster.ensureDefinition(template()), undefined);
    const labels = { 'app.kubernetes.io/managed-by': 'holdfast' };
    server.answer(DEFINITION, { body: { metadata: { labels } } });
    assert.equal(await cluster.ensureDefinition(template()), undefined);

    assert.deepEqual(
      writes.map(({ method, path, contentType }) => [method, path, contentType]),
      Array.from({ length: 2 }, () => [
        'PATCH',
        `${DEFINITION}?fieldManager=holdfast-gatekeeper&force=true`,
        'application/apply-patch+yaml',
      ]),
    );
  });

  it('leaves the kind to whoever else has made it', async (t) => {
    const { server, cluster, writes } = await start(t);

    for (const labels of [undefined, { 'app.kubernetes.io/managed-by': 'somebody' }]) {
      server.answer(DEFINITION, { body: { metadata: { labels } } });
      assert.equal(await cluster.ensureDefinition(template()), undefined);
    }

    assert.deepEqual(writes, []);
  });

  it('says why a kind cannot be made', async (t) => {
    const { server, cluster } = await start(t, 422);
    assert.match((await cluster.ensureDefinition(template())) ?? '', /as the test says/u);
    server.answer(DEFINITION, { status: 500, body: {} });
    assert.match((await cluster.ensureDefinition(template())) ?? '', /answered 500/u);
  });

  it('finds the Application that lists an object', async (t) => {
    const { server, cluster } = await start(t);
    server.answer('/apis/argoproj.io/v1alpha1/applications', {
      body: {
        metadata: {},
        items: [
          {
            metadata: { namespace: 'argocd', name: 'policies' },
            spec: { destination: { name: 'in-cluster' } },
            status: {
              resources: [
                { group: 'constraints.gatekeeper.sh', kind: 'MustBeOwned', name: 'owned' },
              ],
            },
          },
        ],
      },
    });
    const reference = {
      group: 'constraints.gatekeeper.sh',
      version: '',
      kind: '',
      resource: 'mustbeowneds',
    };

    const found = await cluster.findClaims({ ...reference, name: 'owned' });
    const none = await cluster.findClaims({ ...reference, name: 'other' });

    assert.deepEqual(found, {
      status: 'found',
      claims: [{ tool: 'argocd', kind: 'Application', namespace: 'argocd', app: 'policies' }],
    });
    assert.deepEqual(none, { status: 'found', claims: [] });
  });
});
