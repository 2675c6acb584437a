import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registrationSchema } from '../../../src/registration/settings.ts';

describe('registrationSchema', () => {
  it('is the production profile by default', () => {
    assert.deepEqual(registrationSchema.parse({}), {
      profile: 'production',
      pilotNamespaces: [],
      annotations: {},
      manage: false,
      guard: { usernames: [], exemptGroups: [] },
    });
  });

  it('takes the annotations that clouds and cert-manager read', () => {
    const annotations = {
      'admissions.enforcer/disabled': 'true',
      'cert-manager.io/inject-ca-from': 'holdfast-system/holdfast',
    };
    assert.deepEqual(registrationSchema.parse({ annotations }).annotations, annotations);
  });

  const refused: readonly (readonly [string, object, RegExp])[] = [
    ['pilots in production', { pilotNamespaces: ['shop'] }, /profile \\"trial\\"/u],
    ['a pattern', { profile: 'trial', pilotNamespaces: ['team-*'] }, /name of a namespace/u],
    ['an empty key', { annotations: { '': 'x' } }, /key of an annotation/u],
    ['a key with a space', { annotations: { 'a b': 'x' } }, /key of an annotation/u],
    ['a value that is no text', { annotations: { a: true } }, /expected string/u],
    [
      'everybody as an exempt group',
      { guard: { exemptGroups: ['system:authenticated'] } },
      /group of few/u,
    ],
    [
      'every account of a namespace as an exempt group',
      { guard: { exemptGroups: ['system:serviceaccounts:kube-system'] } },
      /group of few/u,
    ],
    ['a pattern of users', { guard: { usernames: ['team-*'] } }, /one exact username/u],
    ['an unknown profile', { profile: 'demo' }, /Invalid option/u],
    [
      'too many annotations',
      { annotations: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, ''])) },
      /at most 32/u,
    ],
  ];
  for (const [what, value, message] of refused) {
    it(`refuses ${what}`, () => {
      const parsed = registrationSchema.safeParse(value);
      assert.match(String(parsed.error), message);
    });
  }
});
