import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  expandApplication,
  matchApplication,
} from '../../../../src/source/promotion/match-application.ts';

const at = (text: string) => {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
};

for (const [pattern, application, expected] of [
  ['argocd/shop', 'argocd/shop', ['', '']],
  ['argocd/shop', 'argocd/shop-2', undefined],
  ['argocd/shop', 'team/shop', undefined],
  ['argocd/*', 'argocd/shop', ['', 'shop']],
  ['argocd/*-production', 'argocd/shop-eu-production', ['', 'shop-eu']],
  ['argocd/*-production', 'argocd/-production', ['', '']],
  ['argocd/*-production', 'argocd/production', undefined],
  ['argocd/*-production', 'argocd/shop-production-old', undefined],
  ['team-*/*', 'team-a/shop', ['a', 'shop']],
  ['team-*-x/app', 'team-x/app', undefined],
  ['a*a/app', 'a/app', undefined],
] as const) {
  test(`"${pattern}" ${expected === undefined ? 'does not match' : 'matches'} ${application}`, () => {
    assert.deepEqual(matchApplication(pattern, at(application)), expected);
  });
}

for (const [pattern, captures, expected] of [
  ['argocd/*-staging', ['', 'shop-eu'], 'argocd/shop-eu-staging'],
  ['team-*/shop', ['a', 'x'], 'team-a/shop'],
  ['argocd/staging', ['', 'shop'], 'argocd/staging'],
  ['argocd/*-staging', ['', '$&'], 'argocd/$&-staging'],
  ['argocd/*/*', ['', 'shop'], 'argocd/shop'],
] as const) {
  test(`"${pattern}" means ${expected}`, () => {
    assert.deepEqual(expandApplication(pattern, captures), at(expected));
  });
}

test('a pattern that is expanded by what it matched is the application again', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 4 });
  const pattern = fc.tuple(part, fc.constantFrom('', '*'), part).map((parts) => parts.join(''));
  const place = fc.record({ namespace: part, name: part }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.tuple(pattern, pattern), place, (patterns, application) => {
      const whole = patterns.join('/');
      const captures = matchApplication(whole, application);
      if (captures === undefined) return;
      assert.deepEqual(expandApplication(whole, captures), application);
    }),
  );
});
