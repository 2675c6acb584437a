import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { applyGrant, isGrantable } from '../../../src/admission/apply-grant.ts';
import { decide } from '../../../src/admission/decide.ts';
import type { Decision } from '../../../src/admission/decision.ts';
import { insertAboveClosing } from '../../../src/admission/format-denial.ts';
import type {
  CoveringGrant,
  FoundGrants,
  GrantUse,
  RefusedGrant,
} from '../../../src/identity/grants/find-grant.ts';
import {
  SAMPLE_ID,
  sampleActor,
  sampleContext,
  sampleFinding,
  sampleOutcome,
  sampleRequest,
} from '../../support/admission-samples.ts';

const actor = sampleActor();
const request = sampleRequest({
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  namespace: 'shop',
  name: 'checkout',
});
const refusal = decide(
  [{ outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'enforce', failure: 'deny' }],
  sampleContext({ facts: { actor } }),
);
const allowed = decide([], sampleContext({ facts: { actor } }));
const grant = {
  id: 'G',
  subject: 'alice',
  reason: 'the checkout is down',
  ticket: 'INC-1',
  expires: '2026-01-01T01:00:00Z',
  approvers: ['anna'],
  use: 2,
  usesLeft: 1,
};

interface Heard {
  readonly judged: unknown[];
  readonly used: [GrantUse, number][];
}

function question(found: FoundGrants, again: Decision, heard: Heard = { judged: [], used: [] }) {
  return {
    request,
    breakGlass: () => Promise.resolve(found),
    deadlineAtMs: monotonicMs(5000),
    messageCharsMax: 2000,
    judgeAgain: (facts: object) => {
      heard.judged.push(facts);
      return Promise.resolve(again);
    },
  };
}

function covering(heard: Heard, usesLeft = 1): CoveringGrant {
  return {
    id: 'G',
    namesResource: true,
    use: (use, deadlineAtMs) => {
      heard.used.push([use, deadlineAtMs]);
      return Promise.resolve({ ok: true, grant: { ...grant, usesLeft } });
    },
  };
}

describe('isGrantable()', () => {
  const table: readonly (readonly [string, Decision, boolean])[] = [
    ['a refusal of a person', refusal, true],
    [
      'a refusal of an operator',
      { ...refusal, facts: { actor: sampleActor({ class: 'operator' }) } },
      true,
    ],
    ['an allow', allowed, false],
    ['what could not be judged', { ...refusal, httpStatus: 503 }, false],
    [
      'a refusal of an unproven writer',
      { ...refusal, facts: { actor: sampleActor({ class: 'gitops' }) } },
      false,
    ],
    ['a refusal of nobody known', { ...refusal, facts: {} }, false],
  ];
  for (const [what, decision, expected] of table) {
    it(`says ${String(expected)} for ${what}`, () => {
      assert.equal(isGrantable(decision), expected);
    });
  }
});

describe('applyGrant()', () => {
  it('judges again under the grant, takes one use and says so', async () => {
    const heard: Heard = { judged: [], used: [] };

    const decision = await applyGrant(
      refusal,
      question({ covering: covering(heard), refused: [] }, allowed, heard),
    );

    assert.deepEqual(heard.judged, [
      {
        actor: { ...actor, class: 'breakglass', name: 'G' },
        grant: { id: 'G', namesResource: true },
      },
    ]);
    assert.deepEqual(heard.used, [
      [
        {
          decisionId: SAMPLE_ID,
          object: 'deployments.apps shop/checkout',
          time: '1970-01-01T00:00:01.002Z',
        },
        5000,
      ],
    ]);
    assert.deepEqual(decision, {
      ...allowed,
      grant,
      warnings: ['allowed by break-glass grant G: 1 use left until 2026-01-01T01:00:00Z'],
    });
  });

  it('counts more than one use that is left', async () => {
    const heard: Heard = { judged: [], used: [] };

    const { warnings } = await applyGrant(
      refusal,
      question({ covering: covering(heard, 2), refused: [] }, allowed),
    );

    assert.match(warnings[0] ?? '', /: 2 uses left until/u);
  });

  it('takes no use for a dry run', async () => {
    const heard: Heard = { judged: [], used: [] };

    const decision = await applyGrant(
      { ...refusal, dryRun: true },
      question({ covering: covering(heard), refused: [] }, allowed),
    );

    assert.equal(decision, allowed);
    assert.deepEqual(heard.used, []);
  });

  it('keeps the refusal where the grant does not reach what refuses, and takes no use', async () => {
    const heard: Heard = { judged: [], used: [] };

    const decision = await applyGrant(
      refusal,
      question({ covering: covering(heard), refused: [] }, refusal),
    );

    assert.deepEqual(decision, {
      ...refusal,
      message: insertAboveClosing(refusal.message, [
        'Grant G does not help: it does not reach what is refused here (grant_out_of_scope)',
      ]),
    });
    assert.deepEqual(heard.used, []);
  });

  it('keeps the refusal where no use could be taken', async () => {
    const usedUp: CoveringGrant = {
      id: 'G',
      namesResource: true,
      use: () =>
        Promise.resolve({
          ok: false,
          refused: { id: 'G', code: 'grant_used_up', reason: 'all of its 3 uses are taken' },
        }),
    };

    const decision = await applyGrant(
      refusal,
      question({ covering: usedUp, refused: [] }, allowed),
    );

    assert.equal(decision.allowed, false);
    assert.equal(
      decision.message,
      insertAboveClosing(refusal.message, [
        'Grant G does not help: all of its 3 uses are taken (grant_used_up)',
      ]),
    );
  });

  it('helps nobody of whom it is not known who asks', async () => {
    const heard: Heard = { judged: [], used: [] };
    const unknown = { ...refusal, facts: {} };

    const decision = await applyGrant(
      unknown,
      question({ covering: covering(heard), refused: [] }, allowed, heard),
    );

    assert.deepEqual([decision, heard], [unknown, { judged: [], used: [] }]);
  });

  it('keeps the refusal as it is where nobody presented a grant', async () => {
    assert.deepEqual(await applyGrant(refusal, question({ refused: [] }, allowed)), refusal);
  });

  it('says of every grant of the person why it does not help', async () => {
    const refused: readonly RefusedGrant[] = [
      { id: 'G', code: 'grant_expired', reason: 'it ended at noon' },
      { code: 'grant_malformed', reason: 'it is not JSON' },
    ];

    const { message } = await applyGrant(refusal, question({ refused }, allowed));

    assert.equal(
      message,
      insertAboveClosing(refusal.message, [
        'Grant G does not help: it ended at noon (grant_expired)',
        'Grant does not help: it is not JSON (grant_malformed)',
      ]),
    );
  });

  it('leaves the reasons out where the message would grow too long', async () => {
    const refused: readonly RefusedGrant[] = [
      { code: 'grant_malformed', reason: 'x'.repeat(2000) },
    ];

    assert.deepEqual(await applyGrant(refusal, question({ refused }, allowed)), refusal);
  });

  it('names an object of the core group without a namespace by its stored name', async () => {
    const heard: Heard = { judged: [], used: [] };
    const asked = question({ covering: covering(heard), refused: [] }, allowed);
    const node = sampleRequest({
      resource: { group: '', version: 'v1', resource: 'nodes' },
      namespace: undefined,
      name: '',
      oldObject: { metadata: { name: 'worker-1' } },
    });

    await applyGrant(refusal, { ...asked, request: node });
    await applyGrant(refusal, { ...asked, request: { ...node, oldObject: null } });

    assert.deepEqual(
      heard.used.map(([use]) => use.object),
      ['nodes worker-1', 'nodes '],
    );
  });
});
