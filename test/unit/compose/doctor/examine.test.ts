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
  /** Replaces sections of the configuration. */
  readonly configuration?: object;
}

const SOUND = {
  registration: ['registration_present'],
  certificate: ['chain_trusted'],
  guard: ['guard_present'],
  replicas: ['replicas_spread'],
  rights: ['rights_complete'],
  tools: ['writer_proven'],
  evidence: ['journal_has_room', 'no_sink', 'no_alert_target'],
};
const FORBIDDEN = { status: 403 };
const UNREADABLE = ['unreadable'];
const MALFORMED = { body: { webhooks: 'none', items: [{ spec: 1 }] } };

const ABSENT = { status: 404 };
const FAULTS: readonly (readonly [string, Change, Readonly<Record<string, readonly string[]>>])[] =
  [
    [
      'a registration that is gone',
      { answers: { validating: ABSENT, mutating: ABSENT } },
      { registration: ['registration_absent'], certificate: [] },
    ],
    [
      'a registration that may not be read',
      { answers: { validating: FORBIDDEN } },
      { registration: UNREADABLE, certificate: UNREADABLE },
    ],
    [
      'a malformed registration',
      { answers: { mutating: MALFORMED } },
      { registration: UNREADABLE, certificate: UNREADABLE },
    ],
    [
      'an API server without admission policies',
      { answers: { guards: ABSENT } },
      { guard: ['guard_absent'] },
    ],
    ['policies that may not be read', { answers: { guards: FORBIDDEN } }, { guard: UNREADABLE }],
    ['malformed policies', { answers: { guards: MALFORMED } }, { guard: UNREADABLE }],
    ['no pods', { answers: { replicas: { body: { items: [] } } } }, { replicas: ['no_pods'] }],
    [
      'pods that wait for a node',
      { answers: { replicas: { body: { items: [{ spec: {}, status: {} }] } } } },
      { replicas: ['replicas_few'] },
    ],
    ['malformed pods', { answers: { replicas: MALFORMED } }, { replicas: UNREADABLE }],
    [
      'an account without rights',
      { answers: { rights: { body: { status: { allowed: false } } } } },
      { rights: ['rights_missing'] },
    ],
    ['rights that nobody may ask for', { answers: { rights: FORBIDDEN } }, { rights: UNREADABLE }],
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
      { tools: UNREADABLE },
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
    { answers = {}, configuration = {}, isOpen = false }: Change = {},
  ) {
    const { api } = stage;
    const asked = api.requests.length;
    protect(api);
    if (isOpen) answerRegistration(api, 'Ignore');
    const writes: FakeWrite[] = [];
    for (const [name, answer] of Object.entries(answers)) {
      api.answer(new Map(Object.entries(DOCTOR_PATHS)).get(name) ?? '', answer);
    }
    api.answerWrites((write) => {
      writes.push(write);
      return answers.rights ?? { body: { status: { allowed: true } } };
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

  it('a cluster that Holdfast protects is found sound, by reads and questions about rights alone', async (t) => {
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
      new Set([`POST ${DOCTOR_PATHS.rights}`]),
    );
    assert.partialDeepStrictEqual(writes[0]?.body, {
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

    assert.deepEqual(codes['tools'], ['unreadable', 'writer_proof_weak']);
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
