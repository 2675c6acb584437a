import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { clockOf } from '../../support/simulated-time.ts';
import type {
  ApiReading,
  ConnectedCluster,
} from '../../../src/kubernetes/client/cluster-client.ts';
import {
  bindGrants,
  readApprovers,
  takesGrants,
  type GrantMemory,
} from '../../../src/compose/bind-grants.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../../support/grants.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const DEADLINE = monotonicMs(5000);
const anna = await makeApprover('anna');
const token = await approve(sampleGrant({ uses: 2 }), [anna]);
const defaults = defaultConfiguration('/');
const configuration = {
  cluster: { name: 'prod-eu-1', frozen: false },
  breakGlass: {
    ...defaults.breakGlass,
    approvers: [{ name: 'anna', key: JSON.stringify(anna.key.publicJwk) }],
  },
};
const clock = clockOf(() => Date.parse('2026-01-01T00:10:00Z'));
const use = { decisionId: 'D', object: 'deployments.apps shop/checkout', time: 'T' };
const request = sampleRequest({
  operation: 'UPDATE',
  userInfo: { username: 'alice' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  namespace: 'shop',
  name: 'checkout',
});
const annotated = {
  ...request,
  object: { metadata: { annotations: { 'holdfast.dev/break-glass-grant': token } } },
};

function emptyMemory(): GrantMemory {
  return { attempts: new Map(), firstSeenMs: new Map() };
}

function clusterOf(grants: ApiReading): ConnectedCluster {
  return {
    server: 'https://127.0.0.1',
    read: (path) =>
      Promise.resolve(path.includes('breakglassgrants') ? grants : { status: 'absent' }),
    write: () => Promise.resolve({ status: 'written', body: {} }),
    watch: () => Promise.resolve({ status: 'closed' }),
    close: () => undefined,
  };
}

function listOf(spec: object): ApiReading {
  return { status: 'read', body: { items: [{ metadata: { name: 'g' }, spec }] } };
}

describe('bindGrants()', () => {
  it('binds nothing where nobody may approve', async () => {
    const { metrics } = recordTelemetry();

    assert.equal(await bindGrants(defaults, { clock, metrics, memory: emptyMemory() }), undefined);
  });

  it('counts uses by itself where there is no cluster, and over a reload', async () => {
    const { metrics, exposed } = recordTelemetry();
    const memory = emptyMemory();
    const outcomes: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const find = await bindGrants(configuration, { clock, metrics, memory });
      const found = await find?.(annotated, DEADLINE);
      const used = await found?.covering?.use(use, DEADLINE);
      outcomes.push(used?.ok === true ? used.grant.use : used?.refused.code);
    }

    assert.deepEqual(outcomes, [1, 2, 'grant_used_up']);
    assert.deepEqual(await exposed('holdfast_grants_total'), [
      'holdfast_grants_total{code="used"} 2',
    ]);
  });

  it('takes the schedules of the configuration, whoever may approve', async () => {
    const { metrics } = recordTelemetry();
    const { breakGlass } = configurationSchema.parse({
      breakGlass: {
        schedules: [
          {
            name: 'nights',
            reason: 'nobody can approve at night',
            subjects: ['alice'],
            from: '00:00',
            to: '06:00',
            namespaces: ['shop'],
            resources: ['deployments.apps'],
          },
        ],
      },
    });

    const find = await bindGrants(
      { ...configuration, breakGlass },
      { clock, metrics, memory: emptyMemory() },
    );
    const found = await find?.(request, DEADLINE);

    assert.equal(found?.covering?.id, 'schedule.nights.20260101T0000Z');
    assert.equal(takesGrants(breakGlass), true);
    assert.equal(takesGrants(defaults.breakGlass), false);
    assert.equal(takesGrants(configuration.breakGlass), true);
  });

  it('takes nothing from a grant where its use could not be counted', async () => {
    const { metrics } = recordTelemetry();
    const memory = emptyMemory();
    const client = {
      ...clusterOf(listOf({ approvals: [token] })),
      write: () => Promise.resolve({ status: 'unavailable', reason: 'cut off' } as const),
    };

    const find = await bindGrants(configuration, { client, clock, metrics, memory });
    const found = await find?.(request, DEADLINE);

    assert.equal((await found?.covering?.use(use, DEADLINE))?.ok, false);
    assert.deepEqual(memory, emptyMemory());
  });

  it('finds the grants that lie in the cluster', async () => {
    const { metrics } = recordTelemetry();
    const client = clusterOf(listOf({ approvals: [token] }));

    const find = await bindGrants(configuration, {
      client,
      clock,
      metrics,
      memory: emptyMemory(),
    });
    const found = await find?.(request, DEADLINE);

    assert.equal(found?.covering?.id, GRANT_ID);
    assert.equal((await found.covering.use(use, DEADLINE)).ok, true);
  });

  it('holds a grant revoked that is so in the cluster, and counts that it did not help', async () => {
    const { metrics, exposed } = recordTelemetry();
    const client = clusterOf(listOf({ approvals: [token], revoked: true }));

    const find = await bindGrants(configuration, {
      client,
      clock,
      metrics,
      memory: emptyMemory(),
    });
    const found = await find?.(annotated, DEADLINE);

    assert.deepEqual(found, {
      refused: [{ id: GRANT_ID, code: 'grant_revoked', reason: 'it was revoked' }],
    });
    assert.deepEqual(await exposed('holdfast_grants_total'), [
      'holdfast_grants_total{code="grant_revoked"} 1',
    ]);
  });

  it('takes no grant from an object that shows something else, and says so', async () => {
    const { metrics } = recordTelemetry();
    const client = clusterOf(listOf({ approvals: [token], uses: 1 }));

    const find = await bindGrants(configuration, {
      client,
      clock,
      metrics,
      memory: emptyMemory(),
    });

    assert.deepEqual(await find?.(request, DEADLINE), {
      refused: [
        {
          id: 'g',
          code: 'grant_malformed',
          reason: 'its object shows other values than were signed',
        },
      ],
    });
  });

  it('believes no grant while the cluster does not answer', async () => {
    const { metrics } = recordTelemetry();
    const outage = { status: 'unavailable', code: 'lookup_timed_out', reason: 'slow' } as const;

    const find = await bindGrants(configuration, {
      client: clusterOf(outage),
      clock,
      metrics,
      memory: emptyMemory(),
    });

    assert.equal((await find?.(annotated, DEADLINE))?.covering, undefined);
  });
});

describe('readApprovers()', () => {
  it('names the approver whose key cannot be read', async () => {
    const breakGlass = { ...defaults.breakGlass, approvers: [{ name: 'ben', key: 'none' }] };

    await assert.rejects(readApprovers(breakGlass), {
      code: 'grant_key_unusable',
      message:
        'The key of breakGlass approver "ben" cannot be used: it is neither a JSON web key nor a public key in PEM',
    });
  });
});
