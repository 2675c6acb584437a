import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configurationSchema } from '../../../../src/config/schema.ts';
import { INTAKE_LIMITS, intakeSchema } from '../../../../src/drift/intake/settings.ts';

const audit = { token: { file: 'token' } };

function problemsOf(intake: object) {
  const { error } = configurationSchema.safeParse({ audit: { journal: {} }, intake });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the settings of the intake', () => {
  it('are off where the section is absent, and listen on loopback by default', () => {
    assert.equal(configurationSchema.parse({}).intake, undefined);
    assert.deepEqual(intakeSchema.parse({ audit }), {
      host: '127.0.0.1',
      port: 8444,
      audit: { token: { file: 'token' }, expectedUsers: [] },
      bodyBytesMax: 16 * 1024 * 1024,
      requestsPerSecondMax: 50,
      recordsPerMinuteMax: 600,
    });
  });

  it('name a source, and what its sender shows', () => {
    assert.deepEqual(problemsOf({}), [
      'intake: Expected a source beside it, such as "audit": without one nothing is taken',
    ]);
    assert.deepEqual(problemsOf({ audit: {} }), [
      'intake.audit: Expected "token", "commonNames" or "file": anybody could report what never happened',
    ]);
    assert.deepEqual(problemsOf({ audit: { commonNames: ['kube-apiserver'] } }), [
      'intake.audit.commonNames: Expected intake.clientCaFile beside it: it says which certificates count',
    ]);
    assert.deepEqual(problemsOf({ falco: {}, terraform: { token: { env: 'T' } } }), [
      'intake.falco: Expected "token" or "commonNames": anybody could report what never happened',
    ]);
    assert.deepEqual(problemsOf({ audit: { file: { path: 'audit.log' } } }), []);
    assert.deepEqual(
      problemsOf({ clientCaFile: 'ca.crt', audit: { commonNames: ['kube-apiserver'] } }),
      [],
    );
  });

  it('need a journal', () => {
    const { error } = configurationSchema.safeParse({ intake: { audit } });
    assert.deepEqual(
      error?.issues.map(({ message }) => message),
      ['Expected audit.journal beside intake: what is reported is kept there'],
    );
  });

  it('are held to their rows in the table of limits', () => {
    const names = ['bodyBytesMax', 'requestsPerSecondMax', 'recordsPerMinuteMax'] as const;
    for (const name of names) {
      const { minimum, maximum } = INTAKE_LIMITS[`intake.${name}`];
      const isTaken = (value: number) => intakeSchema.safeParse({ audit, [name]: value }).success;
      assert.deepEqual([minimum, maximum, minimum - 1, maximum + 1].map(isTaken), [
        true,
        true,
        false,
        false,
      ]);
    }
  });
});
