import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  statusAnnotation,
  formatStatusAnnotation,
  parseStatuses,
  parseLease,
} from '../../../../src/kubernetes/leader-election/parse-lease.ts';

const status = { replica: 'holdfast-0', heartbeat: '7', text: '{"a":1}\n{"b":2}' };

test('parseLease() keeps what is not ours, and takes nothing else for a lease', () => {
  const lease = {
    kind: 'Lease',
    metadata: { name: 'x', labels: { a: 'b' } },
    spec: { strategy: 'y' },
  };
  assert.deepEqual(parseLease(lease), lease);
  assert.equal(parseLease({ metadata: { annotations: { a: 1 } } }), undefined);
  assert.equal(parseLease('x'), undefined);
});

test('a status is read as it was written, and only where its name fits', () => {
  const annotations = {
    [statusAnnotation('holdfast-0')]: formatStatusAnnotation(status),
    [statusAnnotation('holdfast-1')]: formatStatusAnnotation(status),
    'example.com/a': 'b',
  };
  const statuses = parseStatuses({ metadata: { annotations } });
  assert.deepEqual([...statuses], [[statusAnnotation('holdfast-0'), status]]);
  assert.deepEqual([...parseStatuses({ metadata: {} })], []);
  const empty = { [statusAnnotation('')]: '' };
  assert.deepEqual(
    [...parseStatuses({ metadata: { annotations: empty } }).values()],
    [{ replica: '', heartbeat: '', text: '' }],
  );
});

test('statusAnnotation() fits any pod into an annotation', () => {
  assert.match(statusAnnotation('x'.repeat(253)), /^replica-status\.holdfast\.dev\/[0-9a-f]{32}$/u);
});
