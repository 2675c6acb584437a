import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limit } from '../../../src/settings/limit.ts';
import { AUDIT_LIMITS } from '../../../src/audit/settings.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';

function parse(audit: string): ReturnType<typeof parseConfiguration> {
  return parseConfiguration(`audit: ${audit}\n`, {
    file: 'holdfast.yaml',
    folder: '/etc/holdfast',
  });
}

test('without a word about it, records are log lines and every change needs one', () => {
  const parsed = parse('{}');

  assert.deepEqual(parsed.ok && parsed.configuration.audit, {
    recordFailure: 'deny',
    record: { managedWrites: true, routineAllows: 'none' },
    hide: { paths: [] },
    sinks: [],
  });
});

test('an empty journal section is a durable journal beside the configuration', () => {
  const parsed = parse('{ journal: {} }');

  assert.ok(parsed.ok);
  const { folder, durability, headKeyFile } = parsed.configuration.audit.journal ?? {};
  assert.deepEqual(
    { folder, durability, headKeyFile },
    {
      folder: '/etc/holdfast/data/journal',
      durability: 'before-response',
      headKeyFile: undefined,
    },
  );
});

test('key files are relative to the folder of the configuration', () => {
  const parsed = parse('{ journal: { headKeyFile: head.jwk }, hide: { keyFile: hide.key } }');

  assert.ok(parsed.ok);
  assert.equal(parsed.configuration.audit.journal?.headKeyFile, '/etc/holdfast/head.jwk');
  assert.equal(parsed.configuration.audit.hide.keyFile, '/etc/holdfast/hide.key');
});

for (const path of [
  'spec.template.spec.containers[*].env[*].value',
  'metadata.annotations["a.b/c"]',
  'data',
  '*.password',
]) {
  test(`"${path}" is a path to hide`, () => {
    assert.equal(parse(JSON.stringify({ hide: { paths: [path] } })).ok, true);
  });
}

for (const path of ['', '.a', 'a..b', 'a[', 'a["b]', 'a b']) {
  test(`"${path}" is no path to hide`, () => {
    assert.equal(parse(JSON.stringify({ hide: { paths: [path] } })).ok, false);
  });
}

test('a journal has room for two segments', () => {
  const parsed = parse('{ journal: { segmentBytesMax: 2097152, journalBytesMax: 2097152 } }');

  assert.deepEqual(!parsed.ok && parsed.problems.map(({ path, message }) => ({ path, message })), [
    {
      path: 'audit.journal.journalBytesMax',
      message: 'Expected room for at least two segments: one is written while the other is kept',
    },
  ]);
});

test('an unknown key of the journal is named with the known ones in mind', () => {
  const parsed = parse('{ journal: { foldr: x } }');

  assert.equal(parsed.ok, false);
  assert.match(JSON.stringify(parsed), /folder/);
});

for (const [key, row] of Object.entries<Limit>(AUDIT_LIMITS)) {
  test(`the schema holds ${key} to its row in the table of limits`, () => {
    const [name = '', inner] = key.replace('audit.journal.', '').split('.');
    const read = (value: number) => {
      const journal = { [name]: inner === undefined ? value : { [inner]: value } };
      return parse(JSON.stringify({ journal: { segmentBytesMax: 1_048_576, ...journal } })).ok;
    };
    const defaults = parse('{ journal: {} }');

    assert.deepEqual([row.minimum - 1, row.minimum].map(read), [false, true]);
    // The largest segment needs the largest journal.
    assert.deepEqual([row.maximum, row.maximum + 1].map(read), [name !== 'segmentBytesMax', false]);
    assert.ok(defaults.ok);
    const found: unknown = Reflect.get(Object(defaults.configuration.audit.journal), name);
    assert.equal(inner === undefined ? found : Reflect.get(Object(found), inner), row.default);
  });
}
