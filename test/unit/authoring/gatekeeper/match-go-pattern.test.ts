import assert from 'node:assert/strict';
import { it } from 'node:test';
import { matchGoPattern } from '../../../../src/authoring/gatekeeper/match-go-pattern.ts';
import { HoldfastError } from '../../../../src/errors.ts';

it('matchGoPattern() finds what Go finds', () => {
  assert.equal(matchGoPattern('(?i)ABC')('xabcx'), true);
  assert.equal(matchGoPattern(String.raw`\Aab\z`)('ab'), true);
  assert.equal(matchGoPattern(String.raw`\Aab\z`)('ab\n'), false);
  assert.equal(matchGoPattern('(?P<name>a)')('bac'), true);
  assert.equal(matchGoPattern(String.raw`<a\: {"b">`)('<a: {"b">'), true);
  assert.equal(matchGoPattern('a.b')('a\nb'), false);
  assert.equal(matchGoPattern('a(?s:.)b')('a\nb'), true);
  assert.equal(matchGoPattern('^[[:alpha:]]+$')('ä'), false);
  assert.equal(matchGoPattern('a$')('a\n'), false);
});

it('matchGoPattern() takes no longer for a text that would send another engine back and forth', () => {
  assert.equal(matchGoPattern('^(a+)+$')(`${'a'.repeat(5000)}b`), false);
});

it('matchGoPattern() refuses what Go refuses, and what is too large', () => {
  for (const pattern of [
    '(',
    '(?=a)',
    String.raw`(a)\1`,
    '(((a{100}){100}){100})',
    'a'.repeat(9000),
  ]) {
    assert.throws(
      () => matchGoPattern(pattern),
      (fault) => fault instanceof HoldfastError && fault.code === 'argument_invalid',
    );
  }
});
