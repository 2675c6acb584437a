import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseState } from '../../../src/alerting/incident-state.ts';
import { sampleIncident, sampleMessage } from '../../support/alerts/incident-samples.ts';

test('parseState() reads everything, messages in order, and names what is damaged', () => {
  const entries = new Map([
    ['cursor', '7'],
    ['incident/k', JSON.stringify(sampleIncident())],
    ['incident/old', '{"shape":"of another version"}'],
    ['message/2', JSON.stringify(sampleMessage(2))],
    ['message/1', JSON.stringify(sampleMessage(1))],
    ['message/3', JSON.stringify(sampleMessage(3))],
    ['rate/pager', '{"sinceMs":1,"used":2}'],
    ['change/s', '"key"'],
    ['seen/b/g', '3'],
    ['seen/c/g', '4'],
    ['seen-first/c/g', '"D1"'],
    ['dead/2', '{}'],
    ['dead/1', '{}'],
    ['rate/broken', '{'],
  ]);
  assert.deepEqual(parseState(entries), {
    cursor: 7,
    incidents: [sampleIncident()],
    messages: [sampleMessage(1), sampleMessage(2), sampleMessage(3)],
    rates: new Map([['pager', { sinceMs: 1, used: 2 }]]),
    changes: new Map([['s', 'key']]),
    seen: new Map([
      ['b/g', { own: 3, first: undefined }],
      ['c/g', { own: 4, first: 'D1' }],
    ]),
    deadLetters: ['dead/1', 'dead/2'],
    damaged: ['incident/old', 'rate/broken'],
  });
  assert.equal(parseState(new Map()).cursor, undefined);
});
