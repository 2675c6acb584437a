import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { PLATFORM_IDENTITIES } from '../../../src/identity/platform-identities.ts';

const ROWS = join(import.meta.dirname, '..', '..', '..', 'policies', 'lib', 'platform_rows.rego');

it('every identity of the control plane has a row of the platform table, and every row an identity', () => {
  const code = readFileSync(ROWS, 'utf8');
  const rows = new Set([...code.matchAll(/^rows\["([^"]+)"\] := /gmu)].map(([, name]) => name));

  assert.deepEqual(new Set(PLATFORM_IDENTITIES.values()), rows);
});

it('a controller is named by its service account alone, and the other components as they are called', () => {
  const usernames = [...PLATFORM_IDENTITIES].filter(
    ([username, row]) => username !== `system:serviceaccount:kube-system:${row}`,
  );

  assert.deepEqual(usernames, [
    ['system:apiserver', 'apiserver'],
    ['system:cloud-controller-manager', 'cloud-controller-manager'],
    ['system:kube-controller-manager', 'kube-controller-manager'],
    ['system:kube-scheduler', 'kube-scheduler'],
  ]);
});
