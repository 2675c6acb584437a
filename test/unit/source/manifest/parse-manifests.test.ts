import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifests } from '../../../../src/source/manifest/parse-manifests.ts';

const LIMITS = { aliasesMax: 10, objectsMax: 3 };
const A = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

function parse(text: string) {
  return parseManifests(text, LIMITS);
}

for (const [name, text, manifests] of [
  [
    'several documents, empty ones left out',
    '---\n' + JSON.stringify(A) + '\n---\n---\n# nothing\n',
    [A],
  ],
  ['a list', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [A, A] }), [A, A]],
  ['an empty list', 'apiVersion: v1\nkind: ConfigMapList\nitems: null\n', []],
  ['the values of a chart', 'replicas: 3\n', []],
  ['a text that is no YAML and looks like no manifest', 'a: [', []],
  ['nothing', '', []],
] as const) {
  test(`parseManifests() reads ${name}`, () => {
    assert.deepEqual(parse(text), { ok: true, manifests });
  });
}

const WRITTEN = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
for (const [name, text, reason] of [
  ['a damaged manifest', `${WRITTEN}data: [\n`, /^line \d+: /u],
  ['a key that stands twice', `${WRITTEN}kind: Secret\n`, /^line \d+: /u],
  [
    'a document beside a manifest that is none',
    `${WRITTEN}---\na: 1\n`,
    /no object with apiVersion/u,
  ],
  ['a list in a list', `${WRITTEN}---\napiVersion: v1\nkind: List\nitems: [1]\n`, /no object/u],
  ['an object without a version', `${WRITTEN}---\nkind: A\n`, /no object/u],
  [
    'a list of what has no kind',
    `${WRITTEN}---\napiVersion: v1\nkind: List\nitems: [{kind: A}, {apiVersion: v1}]\n`,
    /no object/u,
  ],
  ['too many objects', `${WRITTEN}---\n`.repeat(4), /more than 3 objects/u],
  [
    'an expansion of aliases',
    `${WRITTEN}a: &a [${'x,'.repeat(20)}]\nb: [${'*a,'.repeat(20)}]\n`,
    /aliases/u,
  ],
] as const) {
  test(`parseManifests() refuses ${name}`, () => {
    const parsed = parse(text);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  });
}
