import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertsOfEveryGrant } from '../../../src/alerting/classify-grant-alerts.ts';
import { alertsSchema } from '../../../src/alerting/settings.ts';

const targets = [{ type: 'alertmanager', name: 'am', url: 'https://am.example' }];
const ignored = { name: 'drill', ignore: true, match: { usernames: ['alice'], grant: true } };

const TABLE: readonly (readonly [string, object, boolean])[] = [
  ['nobody is to be notified', {}, false],
  ['the built-in rules apply', { targets }, true],
  ['no rule is there', { targets, defaultRules: false }, false],
  ['some uses are ignored', { targets, rules: [ignored] }, false],
  [
    'what is ignored is no use of a grant',
    {
      targets,
      rules: [
        { name: 'a', ignore: true, match: { grant: false } },
        { name: 'b', ignore: true, match: { decisions: ['denied'] } },
      ],
    },
    true,
  ],
  [
    'a rule of its own names the uses of grants',
    { targets, defaultRules: false, rules: [{ name: 'a', match: { grant: true } }] },
    true,
  ],
  [
    'a rule names some uses only',
    { targets, defaultRules: false, rules: [{ name: 'a', match: { namespaces: ['shop'] } }] },
    false,
  ],
];

describe('alertsOfEveryGrant()', () => {
  for (const [what, settings, expected] of TABLE) {
    it(`says ${String(expected)} where ${what}`, () => {
      assert.equal(alertsOfEveryGrant(alertsSchema.parse(settings)), expected);
    });
  }
});
