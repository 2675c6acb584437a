import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  boardName,
  formatLeaseBoard,
  parseBoards,
  parseLease,
} from '../../../../src/kubernetes/leader-election/parse-lease.ts';

const board = { replica: 'holdfast-0', beat: '7', text: '{"a":1}\n{"b":2}' };

test('parseLease() keeps what is not ours, and takes nothing else for a lease', () => {
  const lease = {
    kind: 'Lease',
    metadata: { name: 'x', labels: { a: 'b' } },
    spec: { strategy: 'y' },
  };
  assert.deepEqual(parseLease(lease), lease);
  assert.equal(parseLease({ metadata: { annotations: { a: 1 } } }), undefined);
  assert.equal(parseLease('x'), undefined);
});

test('a board is read as it was written, and only where its name fits', () => {
  const annotations = {
    [boardName('holdfast-0')]: formatLeaseBoard(board),
    [boardName('holdfast-1')]: formatLeaseBoard(board),
    'example.com/a': 'b',
  };
  const boards = parseBoards({ metadata: { annotations } });
  assert.deepEqual([...boards], [[boardName('holdfast-0'), board]]);
  assert.deepEqual([...parseBoards({ metadata: {} })], []);
  const empty = { [boardName('')]: '' };
  assert.deepEqual(
    [...parseBoards({ metadata: { annotations: empty } }).values()],
    [{ replica: '', beat: '', text: '' }],
  );
});

test('boardName() fits any pod into an annotation', () => {
  assert.match(boardName('x'.repeat(253)), /^board\.holdfast\.dev\/[0-9a-f]{32}$/u);
});
