import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCatalogue } from '../../../../src/authoring/catalogue/format-catalogue.ts';
import type { CataloguePolicy } from '../../../../src/authoring/catalogue/policy-catalogue.ts';

const PLAIN: CataloguePolicy = {
  name: 'owner',
  title: 'An owner | <b>bold</b>',
  description: 'Whoever is\non call [asks](http://example.com).',
  severity: 'warning',
  match: {},
  facts: [],
  optionalFacts: [],
  patches: false,
  findings: [],
  mode: 'audit',
  namespaces: {},
  failure: 'allow',
  deadlineMs: 200,
  parameters: {},
};

test('formatCatalogue() has a table of all policies and a section for each, without any markup of theirs', () => {
  assert.deepEqual(formatCatalogue([PLAIN]).split('\n'), [
    '| policy | rule | severity | mode | where it cannot be evaluated |',
    '| --- | --- | --- | --- | --- |',
    String.raw`| [owner](#owner) | An owner \| \<b\>bold\</b\> | warning | audit | allow |`,
    '',
    '## owner',
    '',
    String.raw`**An owner \| \<b\>bold\</b\>** Whoever is on call \[asks\](http://example.com).`,
    '',
    '|  |  |',
    '| --- | --- |',
    '| severity | warning |',
    '| judges | every request |',
    '| mode | audit |',
    '| where it cannot be evaluated | allow, after 200 ms at the latest |',
    '| facts | none |',
  ]);
});

test('formatCatalogue() tells match, modes, facts, findings and parameters', () => {
  const text = formatCatalogue([
    {
      ...PLAIN,
      match: {
        operations: ['CREATE'],
        groups: ['', 'apps'],
        subresources: ['', 'scale'],
        excludedNamespaces: ['kube-system'],
        managedOnly: true,
        installationsOnly: false,
      },
      facts: ['actor'],
      optionalFacts: ['source'],
      patches: true,
      mode: 'warn',
      namespaces: { 'team-*': 'enforce', lab: 'off' },
      findings: [
        {
          rule: 'deny',
          codes: ['one', 'two'],
          messages: ['A `tick` and a | bar.'],
          paths: [],
          remedies: [' begins with a blank', ''],
        },
      ],
      parameters: { label: 'a|b', list: [1] },
    },
  ]);

  const lines = new Set(text.split('\n'));
  for (const line of [
    '| judges | operations `CREATE`; groups core, `apps`; subresources none (the object itself), `scale`; not in the namespaces `kube-system`; only objects that Git manages |',
    '| mode | warn, enforce in `team-*`, off in `lab` |',
    '| facts | `actor`, `source` (optional) |',
    '| changes requests | yes |',
    '| finding | code | message | field | what to do |',
    String.raw`| deny | ${'`one`<br>`two`'} | ${'`` A `tick` and a \\| bar. ``'} |  | ${'`  begins with a blank `<br>`  `'} |`,
    '| parameter | value |',
    String.raw`| ${'`label`'} | ${'`"a\\|b"`'} |`,
    '| `list` | `[1]` |',
  ]) {
    assert.ok(lines.has(line), `${line}\nis not in\n${text}`);
  }
});
