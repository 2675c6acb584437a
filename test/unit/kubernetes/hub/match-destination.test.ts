import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  matchDestination,
  normalizeServer,
} from '../../../../src/kubernetes/hub/match-destination.ts';

const identity = {
  servers: new Set(['https://10.0.0.1:6443', 'https://spoke.example.com/k8s/c1']),
  names: new Set(['prod-eu-1']),
};

const DESTINATIONS: readonly (readonly [what: string, destination: unknown, expected: string])[] = [
  ['its address', { server: 'https://10.0.0.1:6443' }, 'here'],
  ['its address with a slash at the end', { server: 'https://10.0.0.1:6443/' }, 'here'],
  ['its address with a path', { server: 'https://spoke.example.com/k8s/c1' }, 'here'],
  ['its name', { name: 'prod-eu-1' }, 'here'],
  ['its name, and an empty address', { name: 'prod-eu-1', server: '' }, 'here'],
  ['its address, and no name', { server: 'https://10.0.0.1:6443', name: null }, 'here'],
  ['its name and its address', { name: 'prod-eu-1', server: 'https://10.0.0.1:6443' }, 'here'],
  ['its name and the address of another', { name: 'prod-eu-1', server: 'https://b' }, 'elsewhere'],
  [
    'its address and the name of another',
    { name: 'b', server: 'https://10.0.0.1:6443' },
    'elsewhere',
  ],
  ['another address', { server: 'https://10.0.0.1:6444' }, 'elsewhere'],
  ['the beginning of its address', { server: 'https://10.0.0.1:644' }, 'elsewhere'],
  ['its name in other letters', { name: 'PROD-EU-1' }, 'elsewhere'],
  ['the hub itself', { server: 'https://kubernetes.default.svc' }, 'elsewhere'],
  ['nothing', {}, 'elsewhere'],
  ['empty texts', { server: '', name: '' }, 'elsewhere'],
  ['numbers', { server: 1, name: 2 }, 'elsewhere'],
  ['a list', { server: ['https://10.0.0.1:6443'] }, 'elsewhere'],
  ['no destination', undefined, 'elsewhere'],
];

for (const [what, destination, expected] of DESTINATIONS) {
  test(`matchDestination() says "${expected}" of ${what}`, () => {
    assert.equal(matchDestination({ spec: { destination } }, identity), expected);
  });
}

test('matchDestination() says "elsewhere" of what is no Application', () => {
  for (const value of [undefined, null, 'text', [], {}, { spec: null }, { spec: [] }]) {
    assert.equal(matchDestination(value, identity), 'elsewhere');
  }
});

test('normalizeServer() cuts off slashes at the end alone', () => {
  assert.equal(normalizeServer('https://a/b//'), 'https://a/b');
  assert.equal(normalizeServer('https://a'), 'https://a');
});
