import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classifyChainBreak,
  type ChainBreakFault,
  type PlacedEntry,
} from '../../../../src/audit/verify/classify-chain-break.ts';
import { hashEntry } from '../../../../src/audit/verify/hash-entry.ts';

const CHAIN = 'chain';
const ZEROS = '0'.repeat(64);

interface Written {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly recordJson: string;
}

/** The honest chain, entry n at index n. */
const honest: readonly Written[] = makeChain();

function makeChain(): readonly Written[] {
  const first = { sequence: 0, previousHash: '', hash: ZEROS, recordJson: '' };
  const entries: Written[] = [first];
  for (let sequence = 1; sequence <= 12; sequence += 1) {
    const link = {
      sequence,
      previousHash: entries.at(-1)?.hash ?? '',
      recordJson: `{"n":${sequence}}`,
    };
    entries.push({ ...link, hash: hashEntry({ chain: CHAIN, ...link }) });
  }
  return entries;
}

/** An honest entry under another number. */
function at(sequence: number, written: number, changes: Partial<PlacedEntry> = {}): PlacedEntry {
  const entry = honest[written];
  assert.ok(entry);
  return { ...entry, sequence, file: 'f', origin: written, ...changes };
}

function stranger(sequence: number): PlacedEntry {
  return { sequence, previousHash: 'x', hash: 'y', recordJson: 'z', file: 'f', origin: undefined };
}

function classify(rows: readonly PlacedEntry[], before = 3): readonly string[] {
  const faults: readonly ChainBreakFault[] = classifyChainBreak({
    chain: CHAIN,
    before: { origin: before, hash: honest[before]?.hash ?? '' },
    rows,
  });
  return faults.map(
    ({ kind, sequence, throughSequence }) =>
      `${kind} ${sequence}${throughSequence === undefined ? '' : `-${throughSequence}`}`,
  );
}

const cases: readonly (readonly [string, readonly PlacedEntry[], readonly string[]])[] = [
  ['nothing where all fits', [at(4, 4), at(5, 5)], []],
  ['a changed entry', [at(4, 4), stranger(5), at(6, 6), at(7, 7)], ['changed 5']],
  ['a changed entry at the end', [at(4, 4), stranger(5)], ['changed 5']],
  ['one missing entry', [at(4, 4), at(6, 6), at(7, 7)], ['deleted 5']],
  ['several missing entries', [at(4, 4), at(9, 9), at(10, 10)], ['deleted 5-8']],
  ['a missing entry behind renumbering', [at(4, 4), at(5, 6), at(6, 7)], ['deleted 5']],
  [
    'a changed one beside a missing one',
    [at(4, 4), stranger(5), at(7, 7)],
    ['changed 5', 'deleted 6'],
  ],
  ['one row too many', [at(4, 4), stranger(5), at(6, 5), at(7, 6)], ['inserted 5']],
  ['swapped rows', [at(4, 4), at(5, 6), at(6, 5), at(7, 7), at(8, 8)], ['reordered 6']],
  [
    'a row from further ahead that stands within a gap',
    [at(4, 4), at(5, 9), at(6, 6), at(7, 7)],
    ['deleted 5', 'reordered 6', 'reordered 7', 'deleted 8'],
  ],
  ['a row that stands twice', [at(4, 4), at(5, 5), at(6, 5), at(7, 6)], ['inserted 6']],
  ['a row of before that stands again', [at(4, 4), at(5, 2), at(6, 5), at(7, 6)], ['inserted 5']],
  [
    'swapped records',
    [
      at(4, 4),
      at(5, 5, { recordJson: '{"n":6}', origin: undefined }),
      at(6, 6, { recordJson: '{"n":5}', origin: undefined }),
      at(7, 7),
    ],
    ['reordered 5', 'reordered 6'],
  ],
  [
    'an entry that was hashed anew',
    [at(4, 4), at(5, 5, { hash: 'other' }), at(6, 6), at(7, 7)],
    ['changed 5'],
  ],
  ['a beginning that follows something else', [at(4, 4, { previousHash: 'other' })], ['changed 4']],
];

for (const [name, rows, expected] of cases) {
  test(`finds ${name}`, () => {
    assert.deepEqual(classify(rows), expected);
  });
}

test('an inserted entry with a hash of its own is told from the true one by who follows it', () => {
  const forged = at(5, 5, { recordJson: '{"forged":true}', hash: 'forged' });

  assert.deepEqual(classify([forged, at(6, 5), at(7, 6)], 4), ['inserted 5']);
});

test('each fault says where it is in words', () => {
  const chainBreak = {
    chain: CHAIN,
    before: { origin: 3, hash: honest[3]?.hash ?? '' },
    rows: [at(4, 4), at(9, 9), at(10, 10)],
  };

  assert.deepEqual(classifyChainBreak(chainBreak), [
    {
      kind: 'deleted',
      file: 'f',
      sequence: 5,
      throughSequence: 8,
      message: 'Entries 5 to 8 are gone',
    },
  ]);
});
