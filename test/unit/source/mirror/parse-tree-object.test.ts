import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTreeObject } from '../../../../src/source/mirror/parse-tree-object.ts';

const ID = 'ab'.repeat(20);
const MALFORMED = { ok: false, reason: 'a folder of the commit is malformed' };

function entry(mode: string, name: string | Buffer, id = ID): Buffer {
  return Buffer.concat([
    Buffer.from(`${mode} `),
    Buffer.from(name),
    Buffer.from([0]),
    Buffer.from(id, 'hex'),
  ]);
}

test('parseTreeObject() reads files, folders, links and submodules', () => {
  const bytes = Buffer.concat([
    entry('100644', 'a.yaml'),
    entry('100755', 'run'),
    entry('40000', 'deploy'),
    entry('120000', 'link'),
    entry('160000', 'module'),
    entry('100644', 'ä b'),
  ]);
  const parsed = parseTreeObject(bytes, 20);
  assert.deepEqual(parsed, {
    ok: true,
    entries: [
      { kind: 'file', name: 'a.yaml', objectId: ID },
      { kind: 'file', name: 'run', objectId: ID },
      { kind: 'folder', name: 'deploy', objectId: ID },
      { kind: 'link', name: 'link', objectId: ID },
      { kind: 'submodule', name: 'module', objectId: ID },
      { kind: 'file', name: 'ä b', objectId: ID },
    ],
  });
  assert.deepEqual(parseTreeObject(new Uint8Array(), 20), { ok: true, entries: [] });
});

test('parseTreeObject() reads ids of SHA-256', () => {
  const id = 'cd'.repeat(32);
  assert.deepEqual(parseTreeObject(entry('100644', 'a', id), 32), {
    ok: true,
    entries: [{ kind: 'file', name: 'a', objectId: id }],
  });
});

for (const [what, bytes] of [
  ['a step upwards', entry('100644', '..')],
  ['the folder itself', entry('40000', '.')],
  ['two steps', entry('100644', 'a/b')],
  ['the folder of git', entry('40000', '.git')],
  ['the folder of git in other letters', entry('40000', '.GIT')],
  ['no name', entry('100644', '')],
  ['a name that is no UTF-8', entry('100644', Buffer.from([0xff]))],
  ['a name that is too long', entry('100644', 'x'.repeat(256))],
  ['an unknown mode', entry('100600', 'a')],
  ['a mode without end', Buffer.from('100644100644')],
  ['half an id', entry('100644', 'a').subarray(0, -1)],
  ['no end of the name', Buffer.from('100644 abc')],
  ['a name twice', Buffer.concat([entry('120000', 'a'), entry('40000', 'a')])],
] as const) {
  test(`parseTreeObject() refuses ${what}`, () => {
    assert.deepEqual(parseTreeObject(bytes, 20), MALFORMED);
  });
}
