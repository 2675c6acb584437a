import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeProfile, planPilotScope, PRODUCTION } from '../../../src/registration/profile.ts';

const NOTHING = { gitopsOnlyNamespaces: [] };

describe('planPilotScope', () => {
  it('limits nothing in production', () => {
    assert.deepEqual(planPilotScope(PRODUCTION, NOTHING), { matchConditions: [] });
  });

  it('asks in pilot namespaces alone, by selector and by condition', () => {
    const pilot = { name: 'trial', pilotNamespaces: ['shop', 'blog', 'shop'] } as const;
    assert.deepEqual(planPilotScope(pilot, NOTHING), {
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['blog', 'shop'] },
        ],
      },
      matchConditions: [
        {
          name: 'pilot-namespaces',
          expression: `request.?namespace.orValue('') in ['blog', 'shop']`,
        },
      ],
    });
  });

  it('asks about what Git declares where no namespace is named', () => {
    const trial = { name: 'trial', pilotNamespaces: [] } as const;
    const { namespaceSelector, matchConditions } = planPilotScope(trial, {
      gitopsOnlyNamespaces: ['prod'],
      instanceLabelKey: 'my/instance',
    });
    assert.equal(namespaceSelector, undefined);
    assert.deepEqual(
      matchConditions.map(({ name }) => name),
      ['pilot-objects'],
    );
    for (const part of [
      `k == 'my/instance'`,
      `== 'prod'`,
      `'status'`,
      `'customresourcedefinitions'`,
      `'namespaces'`,
    ]) {
      assert.ok(matchConditions[0]?.expression.includes(part), part);
    }
  });
});

describe('describeProfile', () => {
  it('says what is open or shut while Holdfast is away', () => {
    assert.match(describeProfile(PRODUCTION).join('\n'), /is away, these writes are refused/u);
    const trial = { name: 'trial', pilotNamespaces: ['shop'] } as const;
    assert.deepEqual(describeProfile(trial), [
      'Profile trial: what happens in shop is judged. All other writes pass unasked.',
      'While Holdfast is away, every write passes unjudged, and nothing is refused.',
    ]);
    assert.match(
      describeProfile({ name: 'trial', pilotNamespaces: [] }).join('\n'),
      /what Git declares is judged/u,
    );
  });
});
