import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboardSchema, fillReplica } from '../../../src/dashboard/settings.ts';

test('dashboardSchema listens on loopback, where kubectl port-forward reaches it and no pod does', () => {
  assert.deepEqual(dashboardSchema.parse({}), {
    host: '127.0.0.1',
    port: 8082,
    sessionMs: 28_800_000,
  });
});

const ACCEPTED: readonly object[] = [
  { host: '::1' },
  { host: 'localhost', url: 'http://localhost:8082' },
  { host: '0.0.0.0', url: 'https://holdfast.example.com' },
  { host: '0.0.0.0', url: 'https://{replica}.holdfast.example.com/' },
];

for (const settings of ACCEPTED) {
  test(`dashboardSchema accepts ${JSON.stringify(settings)}`, () => {
    assert.equal(dashboardSchema.safeParse(settings).success, true);
  });
}

const IN_THE_CLEAR =
  'host: Expected a loopback address, or an https "url": tokens must not cross a network in the clear';
const NO_ORIGIN =
  'url: Expected a URL without a path, query, user or fragment, as in "https://holdfast.example.com"';
const REFUSED: readonly [settings: object, problem: string][] = [
  [{ host: '0.0.0.0' }, IN_THE_CLEAR],
  [{ host: '127.0.0.1.evil.example' }, IN_THE_CLEAR],
  [{ host: '0.0.0.0', url: 'http://localhost:8082' }, IN_THE_CLEAR],
  [{ url: 'holdfast' }, 'url: Expected a URL'],
  [{ url: 'https://a.example/path' }, NO_ORIGIN],
  [{ url: 'https://user@a.example' }, NO_ORIGIN],
  [{ url: 'https://a.example/#x' }, NO_ORIGIN],
  [
    { url: 'http://a.example' },
    'url: Expected an https URL: tokens and cookies must not cross a network in the clear',
  ],
  [{ sessionMs: 1 }, 'sessionMs: Too small: expected number to be >=60000'],
];

for (const [settings, problem] of REFUSED) {
  test(`dashboardSchema refuses ${JSON.stringify(settings)}`, () => {
    const { error } = dashboardSchema.safeParse(settings);
    assert.deepEqual(
      error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      [problem],
    );
  });
}

test('fillReplica() names the pod whose journal has the record', () => {
  const { url } = dashboardSchema.parse({ url: 'https://{replica}.holdfast.example.com/' });
  assert.equal(fillReplica(String(url), 'holdfast-0'), 'https://holdfast-0.holdfast.example.com');
});
