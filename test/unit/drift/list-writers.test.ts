import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listWriters } from '../../../src/drift/list-writers.ts';
import { ARGOCD_ENTRY, configMap, entryOf } from '../../support/drift-samples.ts';

describe('listWriters', () => {
  it('names who wrote since, the newest first, and whoever has no time last', () => {
    const before = configMap();
    const after = configMap(
      {},
      {
        entries: [
          ARGOCD_ENTRY,
          entryOf('kubectl-edit', ['a'], { time: '2026-01-05T09:00:00Z' }),
          entryOf('kube-controller-manager', [], {
            subresource: 'scale',
            time: '2026-01-05T10:00:00Z',
          }),
          entryOf('timeless', [], { time: undefined }),
          entryOf('later', ['b'], { time: '2026-01-05T09:00:00Z' }),
        ],
      },
    );
    assert.deepEqual(listWriters(before, after), [
      {
        manager: 'kube-controller-manager',
        operation: 'Update',
        subresource: 'scale',
        time: '2026-01-05T10:00:00Z',
      },
      { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-05T09:00:00Z' },
      { manager: 'later', operation: 'Update', time: '2026-01-05T09:00:00Z' },
      { manager: 'timeless', operation: 'Update' },
    ]);
  });

  it('does not name a manager whose fields were only taken away: its time stays', () => {
    const lost = { ...ARGOCD_ENTRY, fieldsV1: {} };
    assert.deepEqual(listWriters(configMap(), configMap({}, { entries: [lost] })), []);
  });

  it('names one that has written again', () => {
    const again = { ...ARGOCD_ENTRY, time: '2026-01-05T08:00:01Z' };
    assert.deepEqual(listWriters(configMap(), configMap({}, { entries: [again] })), [
      { manager: 'argocd-controller', operation: 'Apply', time: '2026-01-05T08:00:01Z' },
    ]);
  });
});
