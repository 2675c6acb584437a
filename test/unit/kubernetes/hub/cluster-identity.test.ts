import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterIdentityHolder } from '../../../../src/kubernetes/hub/cluster-identity.ts';

const to = (destination: object) => ({ spec: { destination } });
const SPOKE = to({ server: 'https://10.0.0.1:6443' });
const BY_NAME = to({ name: 'spoke' });

const secret = (name: string) => ({
  metadata: {
    name: 'cluster-spoke',
    namespace: 'argocd',
    labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
  },
  data: { name: Buffer.from(name).toString('base64') },
});

function open(settings: {
  servers?: readonly string[];
  names?: readonly string[];
  secret?: string;
}) {
  let changes = 0;
  const told: object[] = [];
  const holder = new ClusterIdentityHolder({ servers: [], names: [], ...settings }, () => {
    changes += 1;
  });
  const store = holder.storeFor((identity) => told.push(identity));
  return { holder, store, told, changes: () => changes };
}

describe('ClusterIdentityHolder', () => {
  it('knows at once what the configuration says', () => {
    const { holder } = open({ servers: ['https://10.0.0.1:6443/'], names: ['spoke'] });
    assert.equal(holder.match(SPOKE), 'here');
    assert.equal(holder.match(BY_NAME), 'here');
    assert.equal(holder.match(to({ name: 'other' })), 'elsewhere');
    assert.equal(holder.problem(), undefined);
  });

  it('cannot say "elsewhere" before it has read the Secret', () => {
    const { holder } = open({ servers: ['https://10.0.0.1:6443'], secret: 'cluster-spoke' });
    assert.equal(holder.match(SPOKE), 'here');
    assert.equal(holder.match(BY_NAME), 'unknown');
    assert.equal(
      holder.problem(),
      'the cluster Secret "cluster-spoke" has not been read: it says which cluster this is',
    );
  });

  it('takes address and name from the Secret, and follows it', () => {
    const { holder, store, told, changes } = open({
      servers: ['https://10.0.0.1:6443'],
      secret: 'cluster-spoke',
    });
    store.beginList();
    store.put(secret('spoke'));
    store.endList();
    assert.equal(holder.match(BY_NAME), 'here');
    assert.equal(holder.match(SPOKE), 'here');
    store.put(secret('renamed'));
    assert.equal(holder.match(BY_NAME), 'elsewhere');
    assert.deepEqual(told, [
      { servers: ['https://10.0.0.1:6443'], names: ['spoke'] },
      { servers: ['https://10.0.0.1:6443'], names: ['renamed'] },
    ]);
    assert.equal(changes(), 2);
  });

  it('says nothing twice', () => {
    const { store, told } = open({ secret: 'cluster-spoke' });
    store.put(secret('spoke'));
    store.put(secret('spoke'));
    assert.equal(told.length, 1);
  });

  it('takes nothing from a Secret that was deleted, or that is none of a cluster', () => {
    const { holder, store } = open({ secret: 'cluster-spoke' });
    store.put(secret('spoke'));
    store.remove(secret('spoke'));
    assert.equal(holder.match(BY_NAME), 'elsewhere');
    store.put({ metadata: { name: 'cluster-spoke', namespace: 'argocd' } });
    assert.equal(holder.match(BY_NAME), 'elsewhere');
    store.beginList();
    store.endList();
    assert.equal(holder.match(BY_NAME), 'elsewhere');
  });

  it('keeps what it knows when the Secret may not be read any more', () => {
    const { holder, store } = open({ secret: 'cluster-spoke' });
    store.put(secret('spoke'));
    store.clear();
    assert.equal(holder.match(BY_NAME), 'here');
  });
});
