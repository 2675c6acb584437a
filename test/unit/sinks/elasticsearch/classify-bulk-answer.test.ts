import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyBulkAnswer } from '../../../../src/sinks/elasticsearch/classify-bulk-answer.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

const ENTRIES = sampleEntries(1, 2);
const MALFORMED = {
  status: 'retry',
  reason: 'The target answered with something other than one result for each record',
} as const;

function answer(...items: readonly { readonly status: number; readonly error?: object }[]): string {
  const results = items.map((item, index) => ({
    create: { _index: 'i', _id: ENTRIES[index]?.hash ?? 'none', ...item },
  }));
  return JSON.stringify({ took: 1, errors: true, items: results });
}

test('classifyBulkAnswer() takes created and present documents as delivered', () => {
  for (const [first, second] of [
    [201, 200],
    [409, 201],
    [409, 409],
  ] as const) {
    assert.deepEqual(classifyBulkAnswer(answer({ status: first }, { status: second }), ENTRIES), {
      status: 'delivered',
    });
  }
});

test('classifyBulkAnswer() wants one result for each record, in their order', () => {
  const swapped = JSON.stringify({
    errors: false,
    items: ENTRIES.toReversed().map(({ hash }) => ({ create: { _id: hash, status: 201 } })),
  });
  const one = answer({ status: 201 });
  const other = JSON.stringify({ errors: false, items: [{ index: { _id: 'a', status: 201 } }] });

  for (const text of ['', '[]', '{}', '<html>', swapped, one, other]) {
    assert.deepEqual(classifyBulkAnswer(text, ENTRIES), MALFORMED, text);
  }
});

test('classifyBulkAnswer() refuses documents, not our rights or the state of the index', () => {
  const error = { type: 'some_exception', reason: 'because' };
  for (const status of [400, 413]) {
    assert.deepEqual(classifyBulkAnswer(answer({ status: 201 }, { status, error }), ENTRIES), {
      status: 'refused',
      sequences: [2],
      reason: `The target answered ${status} to a record: some_exception: because`,
    });
  }
  for (const status of [100, 401, 403, 404, 429, 500, 503]) {
    assert.deepEqual(
      classifyBulkAnswer(answer({ status: 400, error }, { status, error }), ENTRIES),
      {
        status: 'retry',
        reason: `The target answered ${status} to a record: some_exception: because`,
      },
    );
  }
});

test('classifyBulkAnswer() does without an error, or its reason', () => {
  const noError = classifyBulkAnswer(answer({ status: 400 }, { status: 201 }), ENTRIES);
  const error = { type: 'some_exception', reason: null };
  const noReason = classifyBulkAnswer(answer({ status: 400, error }, { status: 201 }), ENTRIES);

  assert.deepEqual(noError, {
    status: 'refused',
    sequences: [1],
    reason: 'The target answered 400 to a record: no error: no reason',
  });
  assert.deepEqual(noReason, {
    status: 'refused',
    sequences: [1],
    reason: 'The target answered 400 to a record: some_exception: no reason',
  });
});
