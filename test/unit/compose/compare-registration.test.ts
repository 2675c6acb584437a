import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { compareRegistration } from '../../../src/compose/compare-registration.ts';
import type { ConnectedCluster } from '../../../src/kubernetes/client/cluster-client.ts';
import {
  startFakeApiServer,
  type FakeAnswer,
  type FakeApiServer,
  type FakeWrite,
} from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';

const GROUP_PATH = '/apis/admissionregistration.k8s.io/v1';
const PATH = `${GROUP_PATH}/validatingwebhookconfigurations/holdfast`;
const KIND = 'ValidatingWebhookConfiguration';
const MANIFEST = manifestOf(KIND);

function manifestOf(kind: string) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'holdfast' },
    webhooks: [],
  };
}

/** As the API server stores it. */
function stored(failurePolicy: string) {
  return {
    kind: KIND,
    metadata: {
      name: 'holdfast',
      labels: { a: 'b' },
      creationTimestamp: '2026-01-05T09:00:00Z',
      generation: 2,
      managedFields: [],
      resourceVersion: '7',
      selfLink: '/',
      uid: 'u',
    },
    webhooks: [{ failurePolicy }],
  };
}

/** What is left of it for people. */
function shown(failurePolicy: string) {
  return {
    kind: KIND,
    metadata: { name: 'holdfast', labels: { a: 'b' } },
    webhooks: [{ failurePolicy }],
  };
}

interface Answers {
  /** Absent: there is no such object. */
  readonly live?: FakeAnswer;
  readonly apply: FakeAnswer;
  /** To the apply that forces; as the other one if absent. */
  readonly force?: FakeAnswer;
}

const applyOf = (force: boolean) => ({
  method: 'PATCH',
  path: `${PATH}?dryRun=All&fieldManager=kubectl&force=${String(force)}`,
  contentType: 'application/apply-patch+yaml',
  body: MANIFEST,
});

/** As the client says what the API server answered. */
const explained = (status: number, method: string, message: string): string =>
  `The API server answered ${String(status)} to ${method} ${PATH}: {"message":"${message}"}`;

describe('compareRegistration()', () => {
  let server: FakeApiServer;
  let client: ConnectedCluster;
  before(async () => {
    server = await startFakeApiServer();
    client = await connectToFake(server);
  });
  after(async () => {
    client.close();
    await server.stop();
  });

  async function compare({ live, apply, force }: Answers, manifests = [MANIFEST]) {
    server.answer(PATH, live ?? { status: 404 });
    const writes: FakeWrite[] = [];
    server.answerWrites((write) => {
      writes.push(write);
      return write.path.endsWith('force=true') ? (force ?? apply) : apply;
    });
    const askedBefore = server.requests.length;
    const options = { client, clock: systemClock, callMsMax: 60_000 };
    const comparisons = await compareRegistration(manifests, options);
    return { comparisons, writes, requests: server.requests.slice(askedBefore) };
  }

  it('asks for a dry run of the apply, and leaves out what the API server alone writes', async () => {
    const { comparisons, writes } = await compare({
      live: { body: stored('Ignore') },
      apply: { body: stored('Fail') },
    });
    assert.deepEqual(comparisons, [
      {
        status: 'compared',
        kind: KIND,
        name: 'holdfast',
        before: shown('Ignore'),
        after: shown('Fail'),
        conflict: undefined,
      },
    ]);
    assert.deepEqual(writes, [applyOf(false)]);
  });

  it('has nothing before an object that is not there yet', async () => {
    const { comparisons } = await compare({ apply: { status: 201, body: stored('Fail') } });
    assert.deepEqual(comparisons, [
      {
        status: 'compared',
        kind: KIND,
        name: 'holdfast',
        before: undefined,
        after: shown('Fail'),
        conflict: undefined,
      },
    ]);
  });

  it('shows what the apply would force, and whose part it is', async () => {
    const { comparisons, writes } = await compare({
      live: { body: stored('Ignore') },
      apply: { status: 409, body: { message: 'conflict with helm' } },
      force: { body: stored('Fail') },
    });
    assert.deepEqual(comparisons, [
      {
        status: 'compared',
        kind: KIND,
        name: 'holdfast',
        before: shown('Ignore'),
        after: shown('Fail'),
        conflict: explained(409, 'PATCH', 'conflict with helm'),
      },
    ]);
    assert.deepEqual(writes, [applyOf(false), applyOf(true)]);
  });

  it('takes an answer without metadata as it is', async () => {
    const { comparisons } = await compare({
      live: { body: { kind: KIND } },
      apply: { body: { kind: KIND, metadata: 'none' } },
    });
    assert.deepEqual(comparisons, [
      {
        status: 'compared',
        kind: KIND,
        name: 'holdfast',
        before: { kind: KIND },
        after: { kind: KIND, metadata: 'none' },
        conflict: undefined,
      },
    ]);
  });

  it('compares each manifest at its own path, in their order', async () => {
    const plurals = {
      ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
      MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
      ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
      ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
    };
    const manifests = Object.keys(plurals).map(manifestOf);
    const { comparisons, requests } = await compare({ apply: { body: {} } }, manifests);
    assert.deepEqual(
      comparisons.map(({ status, kind }) => [status, kind]),
      Object.keys(plurals).map((kind) => ['compared', kind]),
    );
    assert.deepEqual(
      requests,
      Object.values(plurals).flatMap((plural) => [
        `${GROUP_PATH}/${plural}/holdfast`,
        `${GROUP_PATH}/${plural}/holdfast?dryRun=All&fieldManager=kubectl&force=false`,
      ]),
    );
  });

  const live = { body: stored('Ignore') };
  const conflict = { status: 409, body: { message: 'conflict with helm' } };
  const failures: readonly (readonly [string, Answers, string])[] = [
    [
      'that cannot be read',
      { live: { status: 403, body: { message: 'no' } }, apply: { body: {} } },
      explained(403, 'GET', 'no'),
    ],
    [
      'that the API server refuses',
      { live, apply: { status: 422, body: { message: 'invalid' } } },
      explained(422, 'PATCH', 'invalid'),
    ],
    [
      'for which the API server has no time',
      { live, apply: { status: 503, body: { message: 'later' } } },
      explained(503, 'PATCH', 'later'),
    ],
    [
      'of a kind that is not served',
      { apply: { status: 404, body: { message: 'not found' } } },
      `The API server does not serve ${PATH}`,
    ],
    [
      'that conflicts even by force',
      { live, apply: conflict },
      explained(409, 'PATCH', 'conflict with helm'),
    ],
  ];
  for (const [what, answers, reason] of failures) {
    it(`fails for a manifest ${what}`, async () => {
      const { comparisons } = await compare(answers);
      assert.deepEqual(comparisons, [{ status: 'failed', kind: KIND, name: 'holdfast', reason }]);
    });
  }
});
