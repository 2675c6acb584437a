import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExplainedFileItem } from '../../../../src/authoring/explain/explain-file.ts';
import { sampleActor } from '../../../support/admission-samples.ts';
import { explainText, startPolicy } from '../../../support/explained-policy.ts';

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'report', namespace: 'shop' },
};
const EXPECTED = { allowed: true };
const CASE = { name: 'no label', object: DEPLOYMENT, expect: EXPECTED };

function formatCases(cases: readonly object[], others: object = {}): string {
  return JSON.stringify({ ...others, cases });
}

/** Of each item its source, and the mode in which the policy judged or the fault. */
function outline(items: readonly ExplainedFileItem[]): readonly (readonly unknown[])[] {
  return items.map((item) => {
    if (item.kind === 'fault') return [item.source, item.reason];
    const { source, review } = item;
    return [source, review.status === 'decided' ? review.policies[0]?.mode : review.status];
  });
}

const FILE = 'policies/owner/reviews/cases.yaml';

describe('explainFile()', () => {
  it('judges a case in its own mode, and in that of the configuration where one was named', async (t) => {
    const started = await startPolicy(t);
    const text = formatCases([CASE, { ...CASE, name: 'warned', mode: 'warn' }]);

    assert.deepEqual(outline(await explainText(started, text)), [
      [`${FILE}#no label`, 'enforce'],
      [`${FILE}#warned`, 'warn'],
    ]);
    assert.deepEqual(outline(await explainText(started, text, { isConfigured: true })), [
      [`${FILE}#no label`, 'audit'],
      [`${FILE}#warned`, 'audit'],
    ]);
  });

  it('leaves each policy its settings where the file lies beside none', async (t) => {
    const items = await explainText(await startPolicy(t), formatCases([CASE]), { file: 'a.yaml' });

    assert.deepEqual(outline(items), [['a.yaml#no label', 'audit']]);
  });

  it('gives the policies the facts of a case instead of those that it would gather', async (t) => {
    const actor = sampleActor({ username: 'recorded' });
    const [item] = await explainText(
      await startPolicy(t),
      formatCases([{ ...CASE, facts: { actor } }]),
    );

    assert.ok(item?.kind === 'explained' && item.review.status === 'decided');
    assert.deepEqual(item.review.facts.actor, actor);
  });

  it('explains what stands beside a case that it cannot use, and says what is wrong with that', async (t) => {
    const cases = [
      { name: 'empty', expect: EXPECTED },
      { ...CASE, name: 'facts', facts: { actor: 'alice' } },
      CASE,
    ];

    assert.deepEqual(outline(await explainText(await startPolicy(t), formatCases(cases))), [
      [
        `${FILE}#empty`,
        'a case needs a review, or an object or oldObject with apiVersion and kind',
      ],
      [`${FILE}#facts`, 'facts: they are not what a record holds'],
      [`${FILE}#no label`, 'enforce'],
    ]);
  });

  it('names what is wrong with the configuration of the file', async (t) => {
    const text = formatCases([CASE], { configuration: { identity: { writers: 1 } } });

    const [[source, reason] = []] = outline(await explainText(await startPolicy(t), text));

    assert.equal(source, `${FILE}#no label`);
    assert.match(String(reason), /^configuration: identity\.writers: /u);
  });

  it('explains only the case of a name', async (t) => {
    const text = formatCases([CASE, { ...CASE, name: 'other' }]);

    const options = { file: FILE, only: 'other' };
    const items = await explainText(await startPolicy(t), text, options);

    assert.deepEqual(outline(items), [[`${FILE}#other`, 'enforce']]);
  });

  it('explains only the manifest of a place', async (t) => {
    const manifest =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: report, namespace: shop }';
    const text = `${manifest}\n---\n${manifest}\n`;

    const items = await explainText(await startPolicy(t), text, {
      file: 'a.yaml',
      only: 'document 2',
    });

    assert.deepEqual(outline(items), [['a.yaml#document 2', 'audit']]);
  });

  it('says what is wrong with a file that is none of reviews', async (t) => {
    const items = await explainText(await startPolicy(t), 'a: 1\na: 2\n', { file: 'a.yaml' });

    assert.deepEqual(
      items.map(({ kind, source }) => [kind, source]),
      [['fault', 'a.yaml#line 2, column 1']],
    );
  });
});
