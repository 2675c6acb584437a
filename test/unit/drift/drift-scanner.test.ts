import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import {
  ARGOCD_ENTRY,
  CONFIG_MAP,
  CONFIG_MAP_KEY,
  configMap,
  entryOf,
  sampleFinding,
} from '../../support/drift-samples.ts';
import { DriftStage, STAGE_TIME_MS } from '../../support/drift-stage.ts';
import { settle } from '../../support/simulated-time.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** A second after the stage's clock: within what clocks may differ. */
const LATER = '2026-01-05T08:00:01Z';
const robbed = {
  ...ARGOCD_ENTRY,
  fieldsV1: { 'f:metadata': ARGOCD_ENTRY.fieldsV1?.['f:metadata'] },
};
const edited = entryOf('kubectl-edit', ['greeting'], { time: LATER });

/** After somebody has changed the greeting. */
function hacked(version = '11', greeting = 'hacked') {
  return configMap({ greeting }, { version, entries: [robbed, edited] });
}

function healed(version = '12') {
  return configMap(undefined, { version, entries: [{ ...ARGOCD_ENTRY, time: LATER }] });
}

function allowed(operation: AuditRecord['operation'], ...paths: readonly string[]) {
  return {
    time: new Date(STAGE_TIME_MS).toISOString(),
    allowed: true,
    dryRun: false,
    route: 'validate',
    operation,
    object: {
      ...CONFIG_MAP,
      namespace: 'shop',
      subresource: '',
    },
    change: {
      semantic: true,
      paths: paths.map((path) => ({ path, segments: path.split('.'), kind: 'changed' as const })),
      protectedKeys: [],
      truncated: false,
    },
  } as const;
}

function toldBy({ told }: DriftStage): readonly (readonly [string, readonly string[]])[] {
  return told.map(({ what, change }) => [what, change.paths.map(({ path }) => path)]);
}

const CHANGED = ['changed', ['data.greeting']];
const REVERTED = ['reverted', ['data.greeting']];

describe('DriftScanner', () => {
  it('tells a change that no decision allowed, and that it is reverted', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    await stage.see(hacked());
    assert.deepEqual(stage.told, [
      sampleFinding({
        writers: [{ manager: 'kubectl-edit', operation: 'Update', time: LATER }],
        change: {
          ...sampleFinding().change,
          paths: sampleFinding().change.paths.map((path) => ({
            ...path,
            owner: 'argocd-controller',
          })),
        },
      }),
    ]);
    assert.equal(stage.open.get(CONFIG_MAP_KEY)?.decisionId, 'D1');
    await stage.see(healed());
    assert.deepEqual(toldBy(stage), [CHANGED, REVERTED]);
    assert.deepEqual([stage.told[1]?.found, stage.open.size], ['D1', 0]);
  });

  it('tells nothing of what admission has allowed, and takes it for what it should be', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    stage.journal.append(1, allowed('UPDATE', 'data.greeting'));
    await stage.see(hacked());
    await stage.see(
      configMap({ greeting: 'hacked' }, { version: '12', entries: [robbed, edited] }),
    );
    assert.deepEqual(toldBy(stage), []);
    assert.deepEqual(await stage.telemetry.exposed('holdfast_drift_findings_total{'), [
      'holdfast_drift_findings_total{outcome="passed"} 1',
    ]);
  });

  it('tells what a decision about other fields does not cover', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    stage.journal.append(1, allowed('UPDATE', 'data.other'));
    await stage.see(hacked());
    assert.deepEqual(toldBy(stage), [CHANGED]);
  });

  it('keeps what was allowed while something else is open', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    await stage.see(hacked());
    stage.journal.append(1, allowed('UPDATE', 'data.extra'));
    const entries = [
      robbed,
      { ...edited, fieldsV1: { 'f:data': { 'f:greeting': {}, 'f:extra': {} } } },
    ];
    const both = { greeting: 'hacked', extra: '1' };
    await stage.see(configMap(both, { version: '12', entries }));
    assert.deepEqual(stage.open.get(CONFIG_MAP_KEY)?.passed, ['data.extra']);
    await stage.see(configMap(both, { version: '13', entries }));
    assert.deepEqual(toldBy(stage), [CHANGED]);
  });

  it('asks the other replicas before it tells', async () => {
    const stage = new DriftStage({
      hearOthers: (decisions) => {
        decisions.hear('holdfast-1', [
          {
            object: CONFIG_MAP_KEY,
            atMs: STAGE_TIME_MS,
            isDeletion: false,
            isCreation: false,
            paths: ['data.greeting'],
          },
        ]);
      },
    });
    await stage.see(configMap());
    await stage.see(hacked());
    assert.deepEqual(toldBy(stage), []);
  });

  it('tells a deletion, and that the object is there again', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    await stage.see(undefined);
    await stage.see(undefined);
    assert.deepEqual(toldBy(stage), [['deleted', ['']]]);
    await stage.see(configMap(undefined, { version: '20', metadata: { uid: 'uid-2' } }));
    assert.deepEqual(toldBy(stage), [
      ['deleted', ['']],
      ['reverted', ['']],
    ]);
  });

  it('tells a deletion once that finalizers delay, before the object is gone', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    const metadata = { deletionTimestamp: LATER, finalizers: ['example.com/keep'] };
    await stage.see(configMap(undefined, { version: '11', metadata }));
    assert.deepEqual(toldBy(stage), [['deleted', ['']]]);
    await stage.see(undefined);
    assert.equal(stage.rows.get(CONFIG_MAP_KEY)?.gone, true);
    assert.equal(stage.told.length, 1);
  });

  it('forgets what an allowed request has deleted, and the hooks of a sync', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    stage.journal.append(1, allowed('DELETE'));
    await stage.see(undefined);
    assert.deepEqual([toldBy(stage), stage.rows.size], [[], 0]);
    const annotations = {
      ...configMap().metadata?.annotations,
      'argocd.argoproj.io/hook': 'PreSync',
    };
    const hooks = new DriftStage();
    await hooks.see(configMap(undefined, { metadata: { annotations } }));
    await hooks.see(undefined);
    assert.deepEqual([toldBy(hooks), hooks.rows.size], [[], 0]);
  });

  it('sees a mark that is taken off by somebody, and lets go of what its writer gives away', async () => {
    const stripped = new DriftStage();
    await stripped.see(configMap());
    const bare = { annotations: {} };
    const rest = { ...ARGOCD_ENTRY, fieldsV1: { 'f:data': { 'f:greeting': {} } } };
    await stripped.see(configMap(undefined, { version: '11', entries: [rest], metadata: bare }));
    assert.equal(stripped.told[0]?.what, 'changed');
    const given = new DriftStage();
    await given.see(configMap());
    const later = [{ ...rest, time: LATER }];
    await given.see(configMap(undefined, { version: '11', entries: later, metadata: bare }));
    assert.deepEqual([given.told, given.rows.size], [[], 0]);
  });

  it('reads nothing that nobody manages, and nothing twice', async () => {
    const stage = new DriftStage();
    await stage.see(configMap(undefined, { metadata: { annotations: {} } }));
    await stage.see(undefined);
    assert.equal(stage.reads, 0);
    await stage.see(configMap());
    await stage.see(configMap());
    assert.equal(stage.reads, 1);
    const counted = { generation: 2 };
    await stage.see(configMap(undefined, { version: '11', metadata: counted }));
    await stage.see(configMap(undefined, { version: '12', metadata: counted }));
    assert.equal(stage.reads, 2);
    assert.equal(stage.rows.get(CONFIG_MAP_KEY)?.version, '12');
  });

  it('compares after a restart with what an earlier process has kept', async () => {
    const first = new DriftStage();
    await first.see(configMap());
    await first.scanner.close();
    const second = new DriftStage({ journal: first.journal });
    await second.resume();
    await second.see(hacked());
    assert.deepEqual(toldBy(second), [CHANGED]);
    const third = new DriftStage({ journal: first.journal });
    await third.resume();
    await third.see(hacked());
    assert.deepEqual(toldBy(third), []);
    await third.see(healed());
    assert.deepEqual(toldBy(third), [REVERTED]);
  });

  it('takes the state anew where another version of it is served, or what it was is lost', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    await stage.see({ ...hacked(), apiVersion: 'v2' });
    assert.deepEqual(toldBy(stage), []);
    await stage.journal.state.write(`drift-object ${CONFIG_MAP_KEY}`, { state: undefined });
    await stage.see(hacked('13'));
    assert.deepEqual(toldBy(stage), []);
  });

  it('tries again what cannot be read, and is busy meanwhile', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    stage.fault = { status: 'unavailable', code: 'lookup_failed', reason: 'connection refused' };
    stage.store(hacked());
    stage.offer(hacked());
    await waitUntil(() => stage.reads > 3);
    assert.equal(stage.scanner.isBusy('configmaps'), true);
    stage.fault = { status: 'read', body: 'no object' };
    await waitUntil(() =>
      stage.telemetry.entries.some(({ fields }) => fields['reason'] === 'The answer is no object'),
    );
    stage.fault = undefined;
    await stage.idle();
    assert.deepEqual([toldBy(stage), stage.scanner.isBusy('configmaps')], [[CHANGED], false]);
  });

  it('finds that an object is gone which its watch has still told of', async () => {
    const stage = new DriftStage();
    stage.store(undefined);
    stage.offer(configMap());
    await stage.idle();
    assert.deepEqual([stage.rows.size, stage.told], [0, []]);
    await stage.see(configMap());
    stage.store(undefined);
    stage.offer(hacked());
    await stage.idle();
    assert.deepEqual(toldBy(stage), [['deleted', ['']]]);
  });

  it('follows no more objects than its limit, and says so once', async () => {
    const stage = new DriftStage({ settings: { objectsMax: 100 } });
    const row = { uid: '', version: '1', print: '', tool: 'argocd', app: 'x', atMs: 0 } as const;
    for (let index = 0; index < 100; index += 1) stage.rows.set(`/configmaps/x/${index}`, row);
    await stage.see(configMap());
    await stage.see(configMap());
    assert.deepEqual([stage.reads, stage.telemetry.entries.length], [0, 1]);
    assert.deepEqual(await stage.telemetry.exposed('holdfast_drift_left_out_total{'), [
      'holdfast_drift_left_out_total{what="object"} 2',
    ]);
  });

  it('leaves undone what is not judged at its end: the next process judges it', async () => {
    const stage = new DriftStage();
    await stage.see(configMap());
    stage.fault = { status: 'unavailable', code: 'lookup_failed', reason: 'connection refused' };
    stage.offer(hacked());
    await settle();
    await stage.scanner.close();
    stage.offer(hacked('12'));
    assert.deepEqual([stage.scanner.waiting, stage.rows.get(CONFIG_MAP_KEY)?.version], [0, '10']);
  });
});
