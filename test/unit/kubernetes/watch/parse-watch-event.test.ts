import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseWatchEvent } from '../../../../src/kubernetes/watch/parse-watch-event.ts';

const object = { metadata: { name: 'a', resourceVersion: '7' } };
const line = (type: string, value: unknown) => JSON.stringify({ type, object: value });

describe('parseWatchEvent', () => {
  it('reads what was added, changed and deleted', () => {
    assert.deepEqual(parseWatchEvent(line('ADDED', object)), { type: 'put', object, version: '7' });
    assert.deepEqual(parseWatchEvent(line('MODIFIED', object)), {
      type: 'put',
      object,
      version: '7',
    });
    assert.deepEqual(parseWatchEvent(line('DELETED', object)), {
      type: 'deleted',
      object,
      version: '7',
    });
  });

  it('reads a bookmark, which has a version and nothing else', () => {
    const bookmark = { metadata: { resourceVersion: '9' } };
    assert.deepEqual(parseWatchEvent(line('BOOKMARK', bookmark)), {
      type: 'bookmark',
      version: '9',
    });
  });

  it('reads an error, and how long to wait', () => {
    assert.deepEqual(parseWatchEvent(line('ERROR', { code: 410 })), { type: 'error', code: 410 });
    const busy = { code: 429, details: { retryAfterSeconds: 2 } };
    assert.deepEqual(parseWatchEvent(line('ERROR', busy)), {
      type: 'error',
      code: 429,
      retryAfterMs: 2000,
    });
    assert.deepEqual(parseWatchEvent(line('ERROR', { details: null })), { type: 'error', code: 0 });
  });

  it('passes over nothing that it does not understand', () => {
    for (const text of [
      '',
      '{',
      '7',
      line('OTHER', object),
      line('ADDED', undefined),
      line('ADDED', { metadata: { name: 'a' } }),
      line('ADDED', { metadata: { resourceVersion: '7' } }),
      line('DELETED', 7),
      line('BOOKMARK', {}),
      line('BOOKMARK', 7),
      line('ERROR', 7),
    ]) {
      assert.deepEqual(parseWatchEvent(text), { type: 'malformed' }, text);
    }
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseWatchEvent(text);
      }),
    );
  });
});
