import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTerm } from '../../../../src/authoring/catalogue/format-term.ts';

const location = { row: 1 };
const variable = (value: string) => ({ type: 'var', value, location });
const text = (value: string) => ({ type: 'string', value, location });
const reference = (...value: readonly object[]) => ({ type: 'ref', value, location });
const call = (...value: readonly object[]) => ({ type: 'call', value, location });
const template = (...parts: readonly unknown[]) => ({
  type: 'templatestring',
  value: { parts },
  location,
});

test('formatTerm() gives constants as they are, and what is put in between braces', () => {
  assert.equal(formatTerm(text('A plain text.')), 'A plain text.');
  assert.equal(formatTerm(variable('code')), '{code}');
  const parts = template(
    text('Image '),
    reference(variable('image'), text('text')),
    text(' of '),
    { terms: reference(variable('names'), variable('index'), text('b')) },
    text('.'),
  );
  assert.equal(formatTerm(parts), 'Image {image.text} of {names[…].b}.');
});

test('formatTerm() names functions and their arguments, and nothing of other values', () => {
  const subject = [reference(variable('naming'), text('subject')), variable('request')];
  assert.equal(formatTerm(template({ terms: subject })), '{naming.subject(request)}');
  assert.equal(formatTerm(template(call(...subject))), '{naming.subject(request)}');
  assert.equal(formatTerm(template({ terms: call(...subject) })), '{naming.subject(request)}');
  const join = call(reference(variable('concat')), text(', '), {
    type: 'array',
    value: [],
    location,
  });
  assert.equal(formatTerm(join), '{concat(", ", …)}');
  assert.equal(formatTerm(template({ other: 1 }, 7)), '{…}{…}');
});
