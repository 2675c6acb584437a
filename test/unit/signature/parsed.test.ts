import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parsed } from '../../../src/signature/parsed.ts';

it('parsed() wraps a value', () => {
  assert.deepEqual(parsed(7), { status: 'parsed', value: 7 });
});
