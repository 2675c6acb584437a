import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSlack } from '../../../../src/sinks/slack/format-slack.ts';
import {
  sampleEntries,
  sampleEntry,
  sampleRecord,
  UNENFORCED,
} from '../../../support/journal-entries.ts';

const FORMAT = { cluster: 'prod-eu-1', linesMax: 10 };

test('formatSlack() names who wanted what, and the decision', () => {
  assert.equal(
    formatSlack(sampleEntries(1, 1), FORMAT),
    [
      '*Holdfast*, cluster `prod-eu-1`: 1 denied',
      '• denied: `UPDATE deployments.apps shop/checkout-1` by `alice`, `managed_object_changed`, decision `01JD3V9K2M8Q4W6X0Y2Z000001`',
    ].join('\n'),
  );
});

test('formatSlack() links to the page of the decision, on the replica that has its record', () => {
  const dashboardUrl = 'https://{replica}.holdfast.example.com';
  const text = formatSlack(
    [sampleEntry(1), sampleEntry(2, { decisionId: 'a|<b>', replica: 'h/1' })],
    { ...FORMAT, dashboardUrl },
  );

  assert.ok(
    text.includes(
      'decision <https://holdfast-0.holdfast.example.com/decisions/01JD3V9K2M8Q4W6X0Y2Z000001|01JD3V9K2M8Q4W6X0Y2Z000001>',
    ),
    text,
  );
  assert.ok(
    text.includes('<https://h%2F1.holdfast.example.com/decisions/a%7C%3Cb%3E|a%7C%3Cb%3E>'),
    text,
  );
});

test('formatSlack() counts what has no line, graver decisions first', () => {
  const lines = formatSlack(
    [sampleEntry(1, { allowed: true, policies: [] }), sampleEntry(2), sampleEntry(3)],
    { ...FORMAT, linesMax: 2 },
  ).split('\n');

  assert.equal(lines[0], '*Holdfast*, cluster `prod-eu-1`: 2 denied, 1 allowed');
  assert.match(lines[1] ?? '', /checkout-2/u);
  assert.match(lines[2] ?? '', /checkout-3/u);
  assert.equal(lines[3], '… and 1 more');
});

test('formatSlack() lets no value call a channel, make a link or leave its quotes', () => {
  const { object } = sampleRecord(1);
  const text = formatSlack(
    [
      sampleEntry(1, {
        user: {
          username: '<!channel> @here `<https://evil.example|Approve>` &lt;\n*bold*',
          groups: [],
          extra: {},
        },
        object: { ...object, name: 'a\u202eb' },
      }),
    ],
    FORMAT,
  );

  assert.ok(
    text.includes(
      "`&lt;!channel&gt; @here '&lt;https://evil.example|Approve&gt;' &amp;lt; *bold*`",
    ),
    text,
  );
  assert.ok(text.includes('shop/a b`'), text);
});

test('formatSlack() writes cluster objects, subresources, core kinds and dry runs', () => {
  const { object } = sampleRecord(1);
  const node = { ...object, group: '', resource: 'nodes', subresource: 'proxy', namespace: '' };
  const text = formatSlack(
    [sampleEntry(1, { dryRun: true, object: { ...node, name: 'node-1' } })],
    FORMAT,
  );

  assert.match(text, /denied \(dry run\): `UPDATE nodes\/proxy node-1` by/u);
});

test('formatSlack() says how many refusals a record stands for', () => {
  const { time } = sampleRecord(1);
  const counts = { part: 1, count: 42, first: time, last: time, requestUids: [] };
  const text = formatSlack([sampleEntry(1, { folded: { by: 'request', ...counts } })], FORMAT);

  assert.match(text, /denied ×42: `UPDATE/u);
});

test('formatSlack() cuts a long value, and leaves no half of a character', () => {
  const text = formatSlack(
    [sampleEntry(1, { user: { username: `${'x'.repeat(198)}😀y`, groups: [], extra: {} } })],
    FORMAT,
  );

  assert.ok(text.includes(`\`${'x'.repeat(198)}\ufffd…\``), text);
});

test('formatSlack() has the code of a denial that only the mode of its policy prevented', () => {
  assert.equal(
    formatSlack([sampleEntry(1, UNENFORCED)], FORMAT).split('\n')[1],
    '• audited: `UPDATE deployments.apps shop/checkout-1` by `alice`, `managed_object_changed`, decision `01JD3V9K2M8Q4W6X0Y2Z000001`',
  );
});
