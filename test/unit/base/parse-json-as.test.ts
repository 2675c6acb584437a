import assert from 'node:assert/strict';
import { it } from 'node:test';
import { z } from 'zod';
import { parseJsonAs } from '../../../src/base/parse-json-as.ts';

it('parseJsonAs() reads what has the form, and nothing else', () => {
  const schema = z.object({ count: z.int() });

  assert.deepEqual(parseJsonAs(schema, '{"count":3}'), { count: 3 });
  assert.equal(parseJsonAs(schema, '{"count":"3"}'), undefined);
  assert.equal(parseJsonAs(schema, '{"count":'), undefined);
  assert.equal(parseJsonAs(schema, ''), undefined);
});
