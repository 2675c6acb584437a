import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compileGoRegexp } from '../../../../src/authoring/gatekeeper/compile-go-regexp.ts';
import { HoldfastError } from '../../../../src/errors.ts';

it('compileGoRegexp() understands what Go writes in another way', () => {
  assert.equal(compileGoRegexp('(?i)ABC').test('xabcx'), true);
  assert.equal(compileGoRegexp(String.raw`\Aab\z`).test('ab'), true);
  assert.equal(compileGoRegexp(String.raw`\Aab\z`).test('ab\n'), false);
  assert.equal(compileGoRegexp('(?P<name>a)').exec('a')?.groups?.['name'], 'a');
  assert.equal(compileGoRegexp(String.raw`<a\: {"b">`).test('<a: {"b">'), true);
});

it('compileGoRegexp() refuses what is no regular expression', () => {
  assert.throws(
    () => compileGoRegexp('('),
    (fault) => fault instanceof HoldfastError && fault.code === 'argument_invalid',
  );
});
