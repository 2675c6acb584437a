import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendPath } from '../../../../src/sinks/http/append-path.ts';

test('appendPath() keeps the path and the query of the base', () => {
  assert.equal(appendPath('https://a.example', '/x/y').href, 'https://a.example/x/y');
  assert.equal(appendPath('https://a.example/', '/x/y').href, 'https://a.example/x/y');
  assert.equal(appendPath('https://a.example/p/', '/x').href, 'https://a.example/p/x');
  assert.equal(appendPath('https://a.example:1/p?q=1', '/x').href, 'https://a.example:1/p/x?q=1');
});
