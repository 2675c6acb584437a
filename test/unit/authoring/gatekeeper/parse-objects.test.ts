import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  parseDocument,
  parseObject,
  parseObjects,
} from '../../../../src/authoring/gatekeeper/parse-objects.ts';

it('parseObjects() reads every document, and leaves comments and empty lines out', () => {
  const text =
    '# head\n---\nkind: A\ntext: |\n  # no comment of YAML\n\n  line\n---\n# nothing\n---\nkind: B\n';

  assert.deepEqual(parseObjects(text), {
    ok: true,
    objects: [{ kind: 'A', text: 'line\n' }, { kind: 'B' }],
  });
});

it('parseObjects() refuses what has no kind, and what is no YAML', () => {
  assert.deepEqual(parseObjects('kind: A\n---\nname: b\n'), {
    ok: false,
    problem: 'it has no kind',
  });
  assert.deepEqual(parseObject('kind: ""\n'), { ok: false, problem: 'it has no kind' });
  assert.deepEqual(parseObject('- a\n'), { ok: false, problem: 'it is no object' });
  assert.deepEqual(parseObject('a: [\n').ok, false);
});

it('parseDocument() reads words like yes as texts, and merges', () => {
  assert.deepEqual(parseDocument('a: yes\nb: &b {x: 1}\nc: {<<: *b}\n---\nd: 1\n'), {
    ok: true,
    value: { a: 'yes', b: { x: 1 }, c: { x: 1 } },
  });
  assert.deepEqual(parseDocument(''), { ok: true, value: undefined });
});
