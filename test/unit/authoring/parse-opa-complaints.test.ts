import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOpaComplaints } from '../../../src/authoring/parse-opa-complaints.ts';

const location = { file: 'a/a.rego', row: 3 };

test('parseOpaComplaints() gives each error of OPA a code, its first line, and what the input has instead', () => {
  const complaints = [
    { code: 'rego_parse_error', message: 'unexpected eof token\n\tx if {\n\t^', location },
    { code: 'rego_type_error', message: 'undefined function http.send', location },
    { code: 'rego_type_error', message: 'undefined function lookup', location },
    {
      code: 'rego_type_error',
      message: 'undefined ref: input.facts.objct',
      details: { oneOf: ['actor', 'object'] },
      location,
    },
    { code: 'rego_type_error', message: 'undefined ref: input.a.b', details: {}, location },
    { code: 'rego_type_error', message: 'match error\n\tleft : string', location },
    { code: 'rego_compile_error', message: 'assigned var x unused' },
  ];

  assert.deepEqual(parseOpaComplaints(complaints, '.'), [
    { ...location, code: 'rego_parse', text: 'unexpected eof token' },
    {
      ...location,
      code: 'builtin_unknown',
      text: 'undefined function http.send',
      remedy:
        'a policy must not depend on what a server answers, or wait for it. Read what you need from input.facts or input.parameters',
    },
    { ...location, code: 'builtin_unknown', text: 'undefined function lookup' },
    {
      ...location,
      code: 'rego_type',
      text: 'the schema of the input has no "input.facts.objct"',
      remedy: 'it has actor, object',
    },
    {
      ...location,
      code: 'rego_type',
      text: 'the schema of the input has no "input.a.b"',
      remedy: undefined,
    },
    { ...location, code: 'rego_type', text: 'match error' },
    { file: '.', row: undefined, code: 'rego_compile', text: 'assigned var x unused' },
  ]);
});
