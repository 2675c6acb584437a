import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findBuiltinType,
  isBuiltinGroup,
} from '../../../../src/source/manifest/parse-builtin-types.ts';
import type { StructType } from '../../../../src/source/manifest/type-schema.ts';

function typeAt(root: StructType | undefined, ...path: readonly string[]) {
  let type = root?.field(path[0] ?? '')?.type;
  for (const step of path.slice(1)) {
    if (type?.kind === 'list') type = type.item;
    if (type?.kind !== 'struct') return undefined;
    type = type.field(step)?.type;
  }
  return type;
}

test('findBuiltinType() knows kinds by group and version', () => {
  assert.equal(findBuiltinType('apps/v1', 'Deployment')?.name, 'apps/v1.Deployment');
  assert.equal(findBuiltinType('v1', 'Secret')?.name, 'core/v1.Secret');
  assert.equal(findBuiltinType('rbac.authorization.k8s.io/v1', 'Role')?.name, 'rbac/v1.Role');
  assert.equal(findBuiltinType('apps/v2', 'Deployment'), undefined);
  assert.equal(findBuiltinType('apps/v1', 'Deployments'), undefined);
});

test('findBuiltinType() knows how each kind of field is compared', () => {
  const deployment = findBuiltinType('apps/v1', 'Deployment');
  const container = ['spec', 'template', 'spec', 'containers'];
  const list = typeAt(deployment, ...container);
  assert.deepEqual(list?.kind === 'list' && list.merge, ['name']);
  assert.deepEqual(typeAt(deployment, ...container, 'tty'), { kind: 'scalar', dropsZero: true });
  assert.deepEqual(typeAt(deployment, 'spec', 'paused'), { kind: 'scalar', dropsZero: true });
  assert.deepEqual(typeAt(deployment, 'spec', 'replicas'), { kind: 'scalar', dropsZero: false });
  const probe = typeAt(deployment, ...container, 'livenessProbe');
  assert.ok(probe?.kind === 'struct' && probe.keepsEmpty && !probe.isObject);
  const requests = typeAt(deployment, ...container, 'resources', 'requests');
  assert.deepEqual(requests, { kind: 'map', keepsEmpty: false, value: { kind: 'quantity' } });
  const secret = findBuiltinType('v1', 'Secret');
  assert.deepEqual(secret?.field('data')?.type, {
    kind: 'map',
    keepsEmpty: false,
    value: { kind: 'bytes' },
  });
  assert.equal(secret?.field('status'), undefined);
  const finalizers = typeAt(secret, 'metadata', 'finalizers');
  assert.equal(finalizers?.kind === 'list' && finalizers.merge, 'set');
  assert.equal(typeAt(secret, 'metadata', 'creationTimestamp')?.kind, 'time');
  const revision = findBuiltinType('apps/v1', 'ControllerRevision');
  assert.equal(revision?.field('data')?.type.kind, 'exact');
  const claims = typeAt(findBuiltinType('apps/v1', 'StatefulSet'), 'spec', 'volumeClaimTemplates');
  assert.ok(claims?.kind === 'list' && claims.item.kind === 'struct' && claims.item.isObject);
  const command = typeAt(deployment, ...container, 'command');
  assert.equal(command?.kind === 'list' && command.merge, 'atomic');
});

test('isBuiltinGroup() tells groups of Kubernetes from others', () => {
  assert.ok(isBuiltinGroup('') && isBuiltinGroup('apps') && isBuiltinGroup('networking.k8s.io'));
  assert.ok(!isBuiltinGroup('argoproj.io') && !isBuiltinGroup('core'));
});
