import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import {
  findSelecting,
  selectsByLabels,
} from '../../../../src/kubernetes/lookup/find-selecting.ts';

type Lists = Readonly<Record<string, readonly object[] | ApiReading>>;

const workload = (name: string, matchLabels: object) => ({
  metadata: { name, namespace: 'shop' },
  spec: { selector: { matchLabels } },
});

async function find(labels: Readonly<Record<string, string>>, lists: Lists) {
  const asked: string[] = [];
  const answer = await findSelecting('shop', labels, {
    read: (path) => {
      const [, resource = ''] = /([a-z]+)\?/u.exec(path) ?? [];
      asked.push(resource);
      const items = lists[resource] ?? [];
      if ('status' in items) return Promise.resolve(items);
      return Promise.resolve({ status: 'read', body: { kind: 'List', metadata: {}, items } });
    },
  });
  return { answer, asked };
}

test('findSelecting() finds the workloads of a namespace that select by these labels', async () => {
  const { answer, asked } = await find(
    { app: 'web', 'pod-template-hash': '1' },
    {
      deployments: [workload('web', { app: 'web' }), workload('api', { app: 'api' })],
      daemonsets: [workload('agent', { app: 'web' })],
    },
  );

  assert.deepEqual(asked, ['deployments', 'statefulsets', 'daemonsets', 'replicationcontrollers']);
  assert.deepEqual(
    answer.status === 'found' &&
      answer.workloads.map(({ reference, object }) => [
        reference.resource,
        reference.name,
        object.kind,
      ]),
    [
      ['deployments', 'web', 'Deployment'],
      ['daemonsets', 'agent', 'DaemonSet'],
    ],
  );
});

test('findSelecting() asks for Jobs only where a label names one, and knows them by their uid', async () => {
  const jobs = [{ metadata: { name: 'a', uid: '1' } }, { metadata: { name: 'b', uid: '2' } }];
  for (const label of ['batch.kubernetes.io/controller-uid', 'controller-uid']) {
    const { answer } = await find({ [label]: '2' }, { jobs });

    assert.deepEqual(
      answer.status === 'found' && answer.workloads.map(({ reference }) => reference.name),
      ['b'],
    );
  }
});

test('findSelecting() does not say "none" where a kind could not be read to its end', async () => {
  const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
  const { answer } = await find(
    { app: 'web' },
    { deployments: [workload('web', { app: 'web' })], statefulsets: away },
  );

  assert.deepEqual(answer, away);
});

test('selectsByLabels() knows a Job by its uid alone', () => {
  const job = { kind: 'Job', spec: { selector: { matchLabels: { app: 'web' } } } };

  assert.equal(selectsByLabels(job, { app: 'web' }), false);
  assert.equal(
    selectsByLabels({ ...job, metadata: { uid: '1' } }, { 'controller-uid': '1' }),
    true,
  );
});
