/** The wall clock is set while Holdfast runs: what is written follows it, and what waits does not notice. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it, mock } from 'node:test';
import { createAdmit, type AdmitDependencies } from '../../src/admission/admit.ts';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { addMs, systemClock, type MonotonicMs } from '../../src/base/clock.ts';
import { planCertificates } from '../../src/certificates/plan-certificates.ts';
import { createGrantFinder } from '../../src/identity/grants/find-grant.ts';
import { createLiveLookup } from '../../src/kubernetes/lookup/live-lookup.ts';
import { Quarantine } from '../../src/policy/quarantine.ts';
import {
  SAMPLE_ID,
  sampleActor,
  sampleDescriptor,
  sampleFinding,
  sampleObject,
  sampleOutcome,
  sampleRequest,
  sampleSettings,
} from '../support/admission-samples.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../support/grants.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** In the middle of the hour that the grant is good for. */
const BEGIN_MS = Date.UTC(2026, 0, 1, 0, 30);
const REQUEST_JSON = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };

// The platform's clock, which an administrator sets; everything of ours is real.
mock.timers.enable({ apis: ['Date'], now: BEGIN_MS });
const anna = await makeApprover('anna');
const token = await approve(sampleGrant(), [anna]);

for (const [direction, stepMs] of [
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
] as const) {
  describe(`after the wall clock was set ${direction} by an hour`, () => {
    beforeEach(() => {
      mock.timers.setTime(BEGIN_MS);
    });
    const step = (): void => {
      mock.timers.setTime(Date.now() + stepMs);
    };

    it('a decision carries the time of the step, lasts as long as it took, and keeps its deadline', async () => {
      const records: AuditRecord[] = [];
      const deadlines: MonotonicMs[] = [];
      const admit = createAdmit(
        admitting({ onEvaluate: step, onRecord: (record) => records.push(record), deadlines }),
      );
      const deadlineAtMs = addMs(systemClock.monotonicMs(), 10_000);
      const body = Buffer.from(JSON.stringify({ ...REQUEST_JSON, request: sampleRequest() }));
      await admit('validate', body, deadlineAtMs);

      const [record] = records;
      assert.equal(record?.time, new Date(BEGIN_MS + stepMs).toISOString());
      assert.ok(record.durationMs >= 0 && record.durationMs < MINUTE_MS);
      assert.deepEqual(deadlines, [deadlineAtMs, deadlineAtMs]);
    });

    it('a grant is good by the time that it is now', async () => {
      const find = createGrantFinder({
        cluster: 'prod-eu-1',
        clockSkewMs: 0,
        lifetimeMaxMs: HOUR_MS,
        usesMax: 10,
        rules: { approvers: [anna], approvalsRequired: 1 },
        revokedIds: [],
        schedules: [],
        findPresented: () =>
          Promise.resolve({ status: 'known', tokens: [token], revokedIds: [], problems: [] }),
        takeUse: () => Promise.resolve({ status: 'taken', use: 1 }),
        clock: systemClock,
        candidatesMax: 10,
        tokenCharsMax: 10_000,
      });
      const request = sampleRequest({
        operation: 'UPDATE',
        userInfo: { username: 'alice' },
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        namespace: 'shop',
        name: 'checkout',
      });
      const ask = () => find(request, addMs(systemClock.monotonicMs(), 10_000));
      assert.equal((await ask()).covering?.id, GRANT_ID);
      step();
      const { covering, refused } = await ask();
      const code = stepMs > 0 ? 'grant_expired' : 'grant_not_yet_valid';
      assert.deepEqual([covering, refused.map((one) => one.code)], [undefined, [code]]);
    });

    it('a certificate is renewed by the time that it is now', () => {
      const certificate = {
        status: 'readable',
        notBeforeMs: BEGIN_MS - 10 * MINUTE_MS,
        notAfterMs: BEGIN_MS + 50 * MINUTE_MS,
        keyMatches: true,
        issuedByAuthority: true,
        dnsNames: ['localhost'],
        ipAddresses: [],
      } as const;
      const isRenewed = () =>
        planCertificates({
          authority: { ...certificate, isAuthority: true },
          leaf: { ...certificate, isAuthority: false },
          names: { dnsNames: ['localhost'], ipAddresses: [] },
          nowMs: systemClock.wallMs(),
          force: false,
        }).leaf.regenerate;
      assert.equal(isRenewed(), false);
      step();
      assert.equal(isRenewed(), true);
    });

    it('a lookup keeps its deadline, and its answer its age', async () => {
      let reads = 0;
      const lookup = createLiveLookup({
        client: {
          server: 'https://api.test',
          read: () => {
            reads += 1;
            step();
            return Promise.resolve({ status: 'read', body: { kind: 'Pod', metadata: {} } });
          },
          watch: () => Promise.resolve({ status: 'closed' }),
          close: () => {},
        },
        clock: systemClock,
        lookupTimeoutMs: 10_000,
        lookupCacheMs: 5 * MINUTE_MS,
        lookupCacheEntriesMax: 10,
        concurrentLookupsMax: 1,
        searchedKinds: [],
        isManaged: () => undefined,
      });
      const pod = {
        group: '',
        version: 'v1',
        resource: 'pods',
        kind: 'Pod',
        namespace: 'shop',
        name: 'checkout',
      };
      const deadlineAtMs = addMs(systemClock.monotonicMs(), 10_000);
      assert.equal((await lookup.lookupObject(pod, deadlineAtMs)).status, 'found');
      assert.equal((await lookup.lookupObject(pod, deadlineAtMs)).status, 'found');
      assert.equal(reads, 1);
    });

    it('a policy stays in quarantine as long as it was put there for', () => {
      const quarantine = new Quarantine({
        afterKills: 1,
        afterParties: 3,
        causesMax: 10,
        windowMs: MINUTE_MS,
        quarantineMs: 10 * MINUTE_MS,
      });
      const cause = { username: 'jane', namespace: 'shop', resource: 'pods' };
      quarantine.recordKill('slow', cause, systemClock.monotonicMs());
      step();
      assert.equal(quarantine.count(systemClock.monotonicMs()).cause, 1);
      assert.equal(quarantine.count(addMs(systemClock.monotonicMs(), 11 * MINUTE_MS)).cause, 0);
    });
  });
}

interface AdmittingOptions {
  readonly onEvaluate: () => void;
  readonly onRecord: (record: AuditRecord) => void;
  readonly deadlines: MonotonicMs[];
}

function admitting({ onEvaluate, onRecord, deadlines }: AdmittingOptions): AdmitDependencies {
  return {
    runtime: () => ({
      decodeLimits: { jsonDepthMax: 100 },
      engine: {
        revision: 'sha256:abc',
        descriptors: [],
        evaluate: ({ deadlineAtMs }) => {
          deadlines.push(deadlineAtMs);
          onEvaluate();
          return Promise.resolve([sampleOutcome({ deny: [sampleFinding()] })]);
        },
      },
      sources: {
        classifyActor: () => sampleActor(),
        proveActor: (_request, actor) => ({ status: 'known', value: actor }),
        describeObject: () => ({ status: 'known', value: sampleObject() }),
        describeImages: () => ({ status: 'known', value: [] }),
        describeDeletions: () => ({ status: 'known', value: null }),
        describeRollback: () => ({ status: 'known', value: null }),
        describeFreezes: () => ({ status: 'known', value: { freezes: [], isRevert: false } }),
        describePlaintext: () => ({
          status: 'known',
          value: { credentials: [], isTruncated: false, secretKeys: [] },
        }),
        diffChange: () => ({ semantic: true, paths: [], protectedKeys: [], truncated: false }),
        readNamespace: () => ({ status: 'known', value: null }),
        readInventory: () => ({ status: 'known', value: { cluster: {}, namespace: {} } }),
        findSource: () => ({ status: 'known', value: null }),
      },
      cluster: { name: 'prod-eu-1', frozen: false },
      configurationHash: 'c0ffee',
      messageCharsMax: 2000,
      matchPolicies: () => [sampleDescriptor()],
      settings: sampleSettings(),
      recorded: { managedWrites: true, routineAllows: 'none' },
      recordFailure: 'deny',
      alertsOfGrants: false,
    }),
    recorder: {
      record: (record, deadlineAtMs) => {
        deadlines.push(deadlineAtMs);
        onRecord(record);
        return {};
      },
    },
    observer: { decided: () => {}, rejected: () => {}, faulted: () => {} },
    clock: systemClock,
    nextId: () => SAMPLE_ID,
    replica: 'holdfast-0',
  };
}
