import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { examine } from '../../../../src/compose/doctor/examine.ts';
import { configurationSchema } from '../../../../src/config/schema.ts';
import { ClosingStack } from '../../../support/closing-hooks.ts';
import {
  answerRegistration,
  DOCTOR_PATHS,
  openDoctorStage,
  protect,
  type DoctorStage,
} from '../../../support/doctor-stage.ts';
import type { FakeAnswer, FakeWrite } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';

interface Change {
  readonly answers?: Partial<Record<keyof typeof DOCTOR_PATHS, FakeAnswer>>;
  /** Every webhook has failure policy Ignore. */
  readonly isOpen?: boolean;
  /** Of every webhook. */
  readonly rules?: readonly object[];
  /** Replaces sections of the configuration. */
  readonly configuration?: object;
}

const SOUND = {
  registration: ['registration_present'],
  certificate: ['chain_trusted'],
  handshake: ['handshake_elsewhere'],
  call: ['call_answered'],
  kinds: ['kinds_covered'],
  guard: ['guard_present'],
  replicas: ['replicas_spread'],
  clock: ['clock_agrees'],
  rights: ['rights_complete'],
  tools: ['writer_proven'],
  evidence: ['journal_has_room', 'no_sink', 'no_alert_target'],
  delivery: ['delivered'],
};
const FORBIDDEN = { status: 403 };
const UNREADABLE = ['unreadable'];
const NOT_LOOKED_AT = ['not_looked_at'];
const MALFORMED = { body: { webhooks: 'none', items: [{ spec: 1 }] } };

const ABSENT = { status: 404 };
const FAULTS: readonly (readonly [string, Change, Readonly<Record<string, readonly string[]>>])[] =
  [
    [
      'a registration that is gone',
      { answers: { validating: ABSENT, mutating: ABSENT } },
      { registration: ['registration_absent'], certificate: [], handshake: [], kinds: [] },
    ],
    [
      'a registration that may not be read',
      { answers: { validating: FORBIDDEN } },
      {
        registration: NOT_LOOKED_AT,
        certificate: NOT_LOOKED_AT,
        handshake: [],
        kinds: [],
      },
    ],
    [
      'a malformed registration',
      { answers: { mutating: MALFORMED } },
      { registration: UNREADABLE, certificate: UNREADABLE, handshake: [], kinds: [] },
    ],
    [
      'an API server without admission policies',
      { answers: { guards: ABSENT } },
      { guard: ['guard_absent'] },
    ],
    ['policies that may not be read', { answers: { guards: FORBIDDEN } }, { guard: NOT_LOOKED_AT }],
    ['malformed policies', { answers: { guards: MALFORMED } }, { guard: UNREADABLE }],
    [
      'no pods',
      { answers: { replicas: { body: { items: [] } } } },
      { replicas: ['no_pods'], delivery: [] },
    ],
    [
      'pods that wait for a node',
      { answers: { replicas: { body: { items: [{ spec: {}, status: {} }] } } } },
      { replicas: ['replicas_few'], delivery: [] },
    ],
    [
      'malformed pods',
      { answers: { replicas: MALFORMED } },
      { replicas: UNREADABLE, delivery: [] },
    ],
    [
      'an account without rights',
      { answers: { rights: { body: { status: { allowed: false } } } } },
      { rights: ['rights_missing'] },
    ],
    [
      'rights that nobody may ask for',
      { answers: { rights: FORBIDDEN } },
      { rights: NOT_LOOKED_AT },
    ],
    [
      'a malformed answer about rights',
      { answers: { rights: { body: {} } } },
      { rights: UNREADABLE },
    ],
    [
      'a controller whose pods are of another account',
      {
        answers: { controllers: { body: { items: [{ spec: {}, status: { phase: 'Running' } }] } } },
      },
      { tools: ['writer_absent'] },
    ],
    [
      'a controller whose pods may not be read',
      { answers: { controllers: FORBIDDEN } },
      { tools: NOT_LOOKED_AT },
    ],
    [
      'a webhook that gives the API server no answer',
      {
        answers: {
          call: {
            status: 500,
            body: {
              message: 'failed calling webhook "drift.holdfast.dev": x509: unknown authority',
            },
          },
        },
      },
      { call: ['call_failed'] },
    ],
    ['a dry run that is not granted', { answers: { call: FORBIDDEN } }, { call: NOT_LOOKED_AT }],
    [
      'a custom resource whose rules were narrowed',
      { rules: [{ apiGroups: ['apps'], operations: ['*'], resources: ['*'] }] },
      { kinds: ['kinds_uncovered'] },
    ],
    [
      'custom resources that may not be listed',
      { answers: { definitions: FORBIDDEN } },
      { kinds: NOT_LOOKED_AT },
    ],
    [
      'a clock that is an hour behind',
      {
        answers: { version: { headers: { date: new Date(Date.now() - 3_600_000).toUTCString() } } },
      },
      { clock: ['clock_differs', 'clock_differs', 'clock_differs'] },
    ],
    ['a server that tells no time', { answers: { version: FORBIDDEN } }, { clock: NOT_LOOKED_AT }],
    ['a version that is absent', { answers: { version: ABSENT } }, { clock: UNREADABLE }],
    [
      'a pod whose metrics nobody may ask for',
      { answers: { metrics: FORBIDDEN } },
      { delivery: ['not_looked_at', 'delivered'] },
    ],
    [
      'a pod that says what is wrong',
      {
        answers: {
          metrics: { text: 'holdfast_sink_dead_letters{sink="siem"} 3\n' },
          readiness: { status: 503, text: '[-]journal failed: the disk is full\n' },
        },
      },
      { delivery: ['pod_unready', 'sink_dead_letters'] },
    ],
    [
      'a pod whose state is absent',
      { answers: { readiness: ABSENT } },
      { delivery: ['unreadable', 'delivered'] },
    ],
  ];

describe('examine()', () => {
  const closing = new ClosingStack();
  let stage: DoctorStage;
  before(async () => {
    stage = await openDoctorStage(closing);
  });
  after(() => closing.close());

  async function run(
    t: TestContext,
    { answers = {}, configuration = {}, isOpen = false, rules }: Change = {},
  ) {
    const { api } = stage;
    const asked = api.requests.length;
    protect(api);
    if (isOpen) answerRegistration(api, 'Ignore');
    if (rules !== undefined) answerRegistration(api, 'Fail', rules);
    const writes: FakeWrite[] = [];
    for (const [name, answer] of Object.entries(answers)) {
      api.answer(new Map(Object.entries(DOCTOR_PATHS)).get(name) ?? '', answer);
    }
    api.answerWrites((write) => {
      writes.push(write);
      const answer = write.path === DOCTOR_PATHS.rights ? answers.rights : answers.call;
      return answer ?? { body: { status: { allowed: true } } };
    });
    const client = await connectToFake(api);
    t.after(() => client.close());
    const results = await examine({
      client,
      configuration: configurationSchema.parse({ ...stage.configuration, ...configuration }),
      namespace: 'holdfast-system',
      clock: systemClock,
    });
    const codes = Object.fromEntries(
      results.map(({ check, findings }) => [check, findings.map(({ code }) => code)]),
    );
    return { codes, results, writes, requests: api.requests.slice(asked) };
  }

  it('a cluster that Holdfast protects is found sound, by reads, questions about rights, and one dry run', async (t) => {
    const { codes, requests, writes } = await run(t);

    // The certificate of the test is valid for a day.
    assert.deepEqual(codes, {
      ...SOUND,
      certificate: ['certificate_ends_soon', 'certificate_ends_soon', 'chain_trusted'],
    });
    assert.ok(
      requests.includes(
        '/api/v1/namespaces/holdfast-system/pods?labelSelector=app.kubernetes.io%2Fname%3Dholdfast',
      ),
    );
    assert.deepEqual(
      new Set(writes.map(({ method, path }) => `${method} ${path}`)),
      new Set([`POST ${DOCTOR_PATHS.call}`, `POST ${DOCTOR_PATHS.rights}`]),
    );
    assert.partialDeepStrictEqual(writes.find(({ path }) => path === DOCTOR_PATHS.rights)?.body, {
      kind: 'SubjectAccessReview',
      spec: {
        user: 'system:serviceaccount:holdfast-system:holdfast',
        resourceAttributes: { verb: 'get', group: '', resource: 'pods' },
      },
    });
  });

  for (const [what, change, expected] of FAULTS) {
    it(`${what}: ${Object.values(expected).flat().join(', ')}`, async (t) => {
      const { codes } = await run(t, change);

      assert.partialDeepStrictEqual(codes, expected);
      const others = Object.keys(SOUND).filter((check) => !(check in expected));
      for (const check of others.filter((name) => name !== 'certificate')) {
        assert.deepEqual(codes[check], new Map(Object.entries(SOUND)).get(check));
      }
    });
  }

  it('a controller that is no service account has no pods that could be looked for', async (t) => {
    const writers = [
      { name: 'ci', username: 'ci', tool: 'argocd', proof: 'pinned', extra: { team: ['ci'] } },
    ];

    const { codes, requests } = await run(t, { configuration: { identity: { writers } } });

    assert.deepEqual(codes['tools'], ['writer_proven']);
    assert.ok(!requests.includes(DOCTOR_PATHS.controllers));
  });

  it('each other controller is judged where the pods of one may not be read', async (t) => {
    const username = 'system:serviceaccount:argocd:application-controller';
    const writers = [
      { name: 'argocd', username, tool: 'argocd', proof: 'pod-bound' },
      { name: 'ci', username: 'ci', tool: 'flux', proof: 'none' },
    ];

    const { codes } = await run(t, {
      answers: { controllers: FORBIDDEN },
      configuration: { identity: { writers } },
    });

    assert.deepEqual(codes['tools'], ['not_looked_at', 'writer_proof_weak']);
  });

  it('health is asked at the port that the configuration gives it', async (t) => {
    const server = { health: { port: 9999 } };
    const { codes, requests } = await run(t, { configuration: { server } });

    assert.deepEqual(codes['delivery'], ['unreadable', 'unreadable']);
    assert.ok(requests.some((path) => path.endsWith('/pods/http:holdfast-a:9999/proxy/readyz')));
  });

  it('a configuration without controllers is found', async (t) => {
    const { codes } = await run(t, { configuration: { identity: {} } });

    assert.deepEqual(codes['tools'], ['no_writer']);
  });

  it('what is on another machine is unknown, not absent', async (t) => {
    const elsewhere = '/nonexistent-holdfast';

    const { codes } = await run(t, {
      configuration: {
        server: {
          tls: { certificateFile: `${elsewhere}/tls.crt`, keyFile: `${elsewhere}/tls.key` },
        },
        audit: { journal: { folder: elsewhere } },
      },
    });

    assert.deepEqual(codes['certificate'], ['certificate_ends_soon', 'certificate_elsewhere']);
    assert.equal(codes['evidence']?.[0], 'journal_elsewhere');
  });

  it('webhooks that let through are as they should be in a trial alone', async (t) => {
    const production = await run(t, { isOpen: true });
    const trial = await run(t, {
      isOpen: true,
      configuration: { registration: { profile: 'trial' } },
    });

    assert.deepEqual(production.codes['registration'], ['webhook_open', 'webhook_open']);
    assert.deepEqual(trial.codes['registration'], ['registration_present']);
  });
});
