import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { planRegistration } from '../../../src/registration/plan-registration.ts';
import type { RegistrationOptions } from '../../../src/registration/plan-registration.ts';
import { RECOVERY_USERNAMES } from '../../../src/registration/recovery-identities.ts';
import { PLATFORM_IDENTITIES } from '../../../src/identity/platform-identities.ts';

const GOLDEN = join(import.meta.dirname, '../../fixtures/registration/registration.json');

const options: RegistrationOptions = {
  target: { kind: 'service', namespace: 'holdfast-system', name: 'holdfast', port: 443 },
  authorityPem: 'PEM',
  ownNamespace: 'holdfast-system',
  platformUsernames: ['system:kube-scheduler', 'system:serviceaccount:kube-system:job-controller'],
  recoveryUsernames: ['system:serviceaccount:kube-system:cilium'],
  writerUsernames: ['system:serviceaccount:argocd:controller', 'ci@example.com'],
  gitopsNamespaces: ['argocd'],
  gitopsOnlyNamespaces: ['prod'],
  exemptNamespaces: ['sandbox'],
  instanceLabelKey: 'app.kubernetes.io/instance',
};

const webhookSchema = z.looseObject({
  name: z.string(),
  failurePolicy: z.string(),
  namespaceSelector: z.looseObject({}).optional(),
  sideEffects: z.enum(['None', 'NoneOnDryRun']),
  timeoutSeconds: z.int().min(1).max(10),
  clientConfig: z.looseObject({}),
  rules: z.array(z.looseObject({})),
  matchConditions: z.array(z.strictObject({ name: z.string(), expression: z.string() })),
});
const configurationsSchema = z.array(z.looseObject({ webhooks: z.array(webhookSchema) }));

function webhooksOf(overrides: Partial<RegistrationOptions> = {}) {
  const plan = planRegistration({ ...options, ...overrides });
  return configurationsSchema.parse(plan).flatMap(({ webhooks }) => webhooks);
}

describe('planRegistration', () => {
  it('prints exactly what was reviewed', async () => {
    // After a change on purpose: write the printed value into the file, and read the difference in the review.
    const golden: unknown = JSON.parse(await readFile(GOLDEN, 'utf8'));
    assert.deepEqual(planRegistration(options), golden);
  });

  it('fails closed for what Git manages, and open where we must be repairable', () => {
    const policies = (overrides: Partial<RegistrationOptions> = {}) =>
      webhooksOf(overrides).map(({ name, failurePolicy }) => `${name} ${failurePolicy}`);
    assert.deepEqual(policies(), [
      'drift.holdfast.dev Fail',
      'connect.holdfast.dev Fail',
      'children.holdfast.dev Ignore',
      'self.holdfast.dev Ignore',
      'credentials.holdfast.dev Ignore',
      'patch.holdfast.dev Ignore',
    ]);
    assert.equal(
      policies({ failurePolicies: { drift: 'Ignore' } })[0],
      'drift.holdfast.dev Ignore',
    );
  });

  it('lets everything through in a trial, within two seconds, unless told otherwise', () => {
    const profile = { name: 'trial', pilotNamespaces: [] } as const;
    const trial = webhooksOf({ profile });
    assert.deepEqual(new Set(trial.map(({ failurePolicy }) => failurePolicy)), new Set(['Ignore']));
    assert.equal(
      trial.every(({ timeoutSeconds }) => timeoutSeconds <= 2),
      true,
    );
    const [drift] = webhooksOf({ profile, failurePolicies: { drift: 'Fail' } });
    assert.equal(drift?.failurePolicy, 'Fail');
  });

  it('asks in a trial about a part, but for our own namespace and the credentials', () => {
    const piloted = (pilotNamespaces: readonly string[]) =>
      webhooksOf({ profile: { name: 'trial', pilotNamespaces } })
        .filter(({ matchConditions: [first] }) => first?.name.startsWith('pilot-'))
        .map(({ name, namespaceSelector }) => [name, namespaceSelector !== undefined]);
    assert.deepEqual(piloted(['shop']), [
      ['drift.holdfast.dev', true],
      ['connect.holdfast.dev', true],
      ['children.holdfast.dev', true],
      ['patch.holdfast.dev', true],
    ]);
    assert.deepEqual(piloted([]), [
      ['drift.holdfast.dev', false],
      ['children.holdfast.dev', false],
      ['patch.holdfast.dev', false],
    ]);
  });

  it('carries annotations on both configurations', () => {
    const annotations = { 'admissions.enforcer/disabled': 'true' };
    assert.deepEqual(
      planRegistration({ ...options, annotations }).map(
        ({ metadata }) => z.looseObject({ annotations: z.unknown() }).parse(metadata).annotations,
      ),
      [annotations, annotations],
    );
  });

  it('is reached through a Service or an address, with the authority in base64 if there is one', () => {
    assert.deepEqual(webhooksOf()[0]?.clientConfig, {
      service: { namespace: 'holdfast-system', name: 'holdfast', path: '/validate', port: 443 },
      caBundle: 'UEVN',
    });
    const target = { kind: 'url', baseUrl: 'https://10.0.0.5:8443' } as const;
    assert.deepEqual(webhooksOf({ target, authorityPem: undefined }).at(-1)?.clientConfig, {
      url: 'https://10.0.0.5:8443/mutate',
    });
  });

  it('stays within what the API server accepts, for any configuration', () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 20 });
    const record = fc.record({
      platformUsernames: texts,
      recoveryUsernames: texts,
      writerUsernames: texts,
      gitopsNamespaces: texts,
      gitopsOnlyNamespaces: texts,
      exemptNamespaces: texts,
      instanceLabelKey: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(record, (overrides) => {
        for (const { matchConditions } of webhooksOf(overrides)) {
          assert.ok(matchConditions.length <= 64);
          const names = matchConditions.map(({ name }) => name);
          assert.equal(new Set(names).size, names.length);
          for (const { expression } of matchConditions) {
            assert.equal(balanceOf(expression), 0, expression);
            assert.doesNotMatch(expression, /\b(?:undefined|null, |\[object)/u);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('names every platform and recovery identity, each exactly', () => {
    const [drift] = webhooksOf({
      platformUsernames: [...PLATFORM_IDENTITIES.keys()],
      recoveryUsernames: RECOVERY_USERNAMES,
      sharedControllerManager: true,
    });
    const condition = drift?.matchConditions.find(({ name }) => name === 'not-platform-work');
    for (const username of [...PLATFORM_IDENTITIES.keys(), ...RECOVERY_USERNAMES]) {
      assert.ok(condition?.expression.includes(`'${username}'`), username);
    }
    assert.doesNotMatch(condition?.expression ?? '', /system:masters|serviceaccounts:kube-system/u);
  });
});

/** Open brackets outside literals that are never closed. */
function balanceOf(expression: string): number {
  const code = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/gu, '');
  const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0;
  return count(/[([{]/gu) - count(/[)\]}]/gu);
}
