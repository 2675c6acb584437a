import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promotionsSchema } from '../../../../src/source/promotion/settings.ts';

function problemOf(promotion: Readonly<Record<string, unknown>>): string | undefined {
  const parsed = promotionsSchema.safeParse([{ name: 'p', ...promotion }]);
  return parsed.error?.issues[0]?.message;
}

test('a promotion is between Applications, and in every repository, unless it says otherwise', () => {
  const promotion = { name: 'staging-first', to: 'argocd/*-production', from: 'argocd/*-staging' };
  assert.deepEqual(promotionsSchema.parse([promotion]), [
    { ...promotion, kind: 'Application', repositories: ['**'] },
  ]);
});

for (const pattern of [
  'argocd',
  'argocd/',
  '/shop',
  'a/b/c',
  'Argocd/shop',
  'argocd/*-*',
  '**/x',
]) {
  test(`"${pattern}" is no pattern of applications`, () => {
    assert.match(problemOf({ to: pattern, from: 'argocd/x' }) ?? '', /^Expected NAMESPACE\/NAME/u);
  });
}

for (const [to, from] of [
  ['argocd/production', 'argocd/*-staging'],
  ['argocd/*-production', '*/staging'],
] as const) {
  test(`"${from}" cannot be told from "${to}"`, () => {
    assert.match(
      problemOf({ to, from }) ?? '',
      /^Expected "\*" in the namespace or the name only/u,
    );
  });
}

for (const [to, from] of [
  ['argocd/*', 'argocd/*-staging'],
  ['argocd/shop', 'argocd/shop'],
  ['*/*', 'argocd/staging'],
] as const) {
  test(`"${to}" would wait for itself in "${from}"`, () => {
    assert.match(problemOf({ to, from }) ?? '', /^Expected applications that "to" does not name/u);
  });
}

test('stages may follow one another, and one may lead to several', () => {
  const chain = [
    { name: 'a', to: 'argocd/*-staging', from: 'argocd/*-test' },
    { name: 'b', to: 'argocd/*-production', from: 'argocd/*-staging' },
    { name: 'c', to: 'team-*/*', from: 'staging-*/*' },
  ];
  assert.equal(promotionsSchema.safeParse(chain).success, true);
});
