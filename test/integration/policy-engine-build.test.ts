import assert from 'node:assert/strict';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';

import { cacheFolder } from '../../src/base/cache-folder.ts';
import { HoldfastError } from '../../src/errors.ts';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { sha256 } from '../../src/policy/manifest.ts';
import { ensureOpa, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

let opa: OpaLocation;

before(async () => {
  opa = await ensureOpa({ cacheFolder: cacheFolder() });
});

type Files = Readonly<Record<string, string>>;

async function build(test: TestContext, files: Files): Promise<string> {
  const folder = await makeTemporaryFolder(test, files);
  const output = join(folder, 'built', 'bundle');
  await buildBundle({ sourceFolder: folder, output, opa });
  return output;
}

const SAMPLE = 'sample/sample.rego';

interface BadSource {
  readonly states: string;
  readonly files: Files;
  readonly message: string;
}

const READS_ACTOR = 'deny contains {"code": "a", "message": "b"} if input.facts.actor.class == "x"';

const BAD_SOURCES: readonly BadSource[] = [
  {
    states: 'a wrong package',
    files: { [SAMPLE]: policyText({ packageName: 'holdfast.policies.other' }) },
    message: `${SAMPLE}:8: the package is "holdfast.policies.other", wanted "holdfast.policies.sample"`,
  },
  {
    states: 'no METADATA',
    files: {
      [SAMPLE]: 'package holdfast.policies.sample\n\ndeny contains {"code": "a", "message": "b"}\n',
    },
    message: `${SAMPLE}:1: the package has no METADATA block; write one above the package line, with title, description and custom`,
  },
  {
    states: 'an unknown key near a known one',
    files: {
      [SAMPLE]: policyText({
        custom: ['severity: error', 'match: {}', 'failure: deny', 'deadlinMs: 5'],
      }),
    },
    message: `${SAMPLE}:8: METADATA custom.deadlinMs is no known key; did you mean "deadlineMs"?`,
  },
  {
    states: 'an unknown key of match',
    files: {
      [SAMPLE]: policyText({
        custom: ['severity: error', 'failure: deny', 'match:', '  operation: [CREATE]'],
      }),
    },
    message: `${SAMPLE}:8: METADATA custom.match.operation is no known key; did you mean "operations"?`,
  },
  {
    states: 'an unknown key far from any',
    files: {
      [SAMPLE]: policyText({
        custom: ['severity: error', 'match: {}', 'failure: deny', 'zzzzzzz: 1'],
      }),
    },
    message: `${SAMPLE}:8: METADATA custom.zzzzzzz is no known key; known are severity, match, failure, deadlineMs, facts, optionalFacts, mode, parameters, parametersSchema`,
  },
  {
    states: 'a misspelt keyword of the schema of a parameter',
    files: {
      [SAMPLE]: policyText({
        custom: [
          'severity: error',
          'match: {}',
          'failure: deny',
          'parameters: { limit: 5 }',
          'parametersSchema:',
          '  limit: { type: integer, minimun: 1 }',
        ],
      }),
    },
    message: `${SAMPLE}:10: METADATA custom.parametersSchema.limit.minimun is no known key; did you mean "minimum"?`,
  },
  {
    states: 'a default that its own schema does not allow',
    files: {
      [SAMPLE]: policyText({
        custom: [
          'severity: error',
          'match: {}',
          'failure: deny',
          'parameters:',
          '  limit: 0',
          'parametersSchema:',
          '  limit: { type: integer, minimum: 1 }',
          '  other: { type: string }',
        ],
      }),
    },
    message: `${SAMPLE}:9: METADATA custom.parameters.limit: expected a number of at least 1, found 0`,
  },
  {
    states: 'a wrong value and a missing one',
    files: { [SAMPLE]: policyText({ custom: ['severity: high', 'match: {}', 'deadlineMs: 0'] }) },
    message: [
      `${SAMPLE}:5: METADATA custom.severity is not one of "critical", "error", "warning", "info"`,
      `${SAMPLE}:4: METADATA custom.failure is not one of "deny", "allow", "warn"`,
      `${SAMPLE}:7: METADATA custom.deadlineMs: too small: expected number to be >=1`,
    ].join('\n'),
  },
  {
    states: 'METADATA that is no YAML',
    files: { [SAMPLE]: policyText().replace('# title: Sample', '# title: [') },
    message: `${SAMPLE}:4: yaml: line 2: did not find expected ',' or ']'`,
  },
  {
    states: 'no rule',
    files: { [SAMPLE]: policyText({ body: 'allow if true' }) },
    message: `${SAMPLE}:8: the package has none of the rules deny, warn, audit, patch`,
  },
  {
    states: 'a rule that is no set',
    files: { [SAMPLE]: policyText({ body: 'deny := [{"code": "a", "message": "b"}]' }) },
    message: `${SAMPLE}:10: "deny" is no set; write "deny contains finding if …"`,
  },
  {
    states: 'a finding that is a text',
    files: { [SAMPLE]: policyText({ body: 'warn contains "no" if input.request.name == "bad"' }) },
    message: `${SAMPLE}:10: "warn" collects a string, wanted an object with "code" and "message"`,
  },
  {
    states: 'an undeclared fact',
    files: { [SAMPLE]: policyText({ body: READS_ACTOR }) },
    message: `${SAMPLE}: METADATA custom.facts lacks "actor", which ${SAMPLE}:10 reads`,
  },
  {
    states: 'an undeclared fact that a library reads',
    files: {
      [SAMPLE]: policyText({
        body: 'import data.holdfast.lib.who\n\ndeny contains {"code": "a", "message": "b"} if who.other',
      }),
      'lib/who.rego':
        'package holdfast.lib.who\n\nother if inner\n\ninner if input.facts.actor.class == "x"\n',
    },
    message: `${SAMPLE}: METADATA custom.facts lacks "actor", which lib/who.rego:5 reads`,
  },
  {
    states: 'a declared fact that is never read',
    files: {
      [SAMPLE]: policyText({
        custom: ['severity: error', 'match: {}', 'failure: deny', 'facts: [change]'],
      }),
    },
    message: `${SAMPLE}: METADATA custom.facts names "change", which the code never reads`,
  },
  {
    states: 'a fact that is read by a variable name',
    files: {
      [SAMPLE]: policyText({
        body: 'deny contains {"code": "a", "message": $"{name}"} if input.facts[name].x == 1',
      }),
    },
    message: `${SAMPLE}:10: "input.facts" hides which fact is read; write "input.facts.<name>" out`,
  },
  {
    states: 'undeclared facts that object.get reads',
    files: {
      [SAMPLE]: policyText({
        body: [
          'import data.holdfast.lib.who as people',
          'deny contains {"code": "a", "message": "b"} if {',
          '  object.get(input.facts, "actor", 1) != 1',
          '  count(object.get(input, ["facts", "change", "paths"], [])) > people.least',
          '  object.get(people, "least", 1) == 1',
          '  object.get(input.request, concat("", ["na", "me"]), 1) != 1',
          '}',
        ].join('\n'),
      }),
      'lib/who.rego': 'package holdfast.lib.who\n\nleast := 1\n',
    },
    message: [
      `${SAMPLE}: METADATA custom.facts lacks "actor", which ${SAMPLE}:12 reads`,
      `${SAMPLE}: METADATA custom.facts lacks "change", which ${SAMPLE}:13 reads`,
    ].join('\n'),
  },
  {
    states: 'a key that OPA knows and Holdfast does not',
    files: {
      [SAMPLE]: policyText().replace('# title: Sample', '# title: Sample\n# entrypoint: true'),
    },
    message: `${SAMPLE}:3: METADATA entrypoint is no known key; known are title, description, custom, authors, organizations, related_resources`,
  },
  {
    states: 'a library of another package',
    files: { [SAMPLE]: policyText(), 'lib/who.rego': 'package other\n\nx := 1\n' },
    message: 'lib/who.rego:1: the package is "other", wanted "holdfast.lib.<name>"',
  },
  {
    states: 'a built-in that the host does not have',
    files: {
      [SAMPLE]: policyText({
        body: 'deny contains {"code": "a", "message": "b"} if http.send({}).status_code == 200',
      }),
    },
    message: `${SAMPLE}:10: undefined function http.send: a policy must not depend on what a server answers, or wait for it. Read what you need from input.facts or input.parameters`,
  },
  {
    states: 'a syntax error',
    files: { [SAMPLE]: policyText({ body: 'deny contains {' }) },
    message: [
      `${SAMPLE}:11: unexpected eof token`,
      `${SAMPLE}:11: unexpected eof token: expected rule key term (e.g., deny contains <VALUE> { ... })`,
    ].join('\n'),
  },
  {
    states: 'no policy at all',
    files: { 'README.md': 'nothing' },
    message: 'Found no policy in "<folder>": wanted "<name>/<name>.rego"',
  },
  {
    states: 'a stray file',
    files: { [SAMPLE]: policyText(), 'sample/more.rego': 'package more\n' },
    message:
      'Unexpected "sample/more.rego": a policy folder holds "sample.rego" and its "_test.rego"; put shared code into "lib/"',
  },
  {
    states: 'a folder without its policy',
    files: { 'sample/sample_test.rego': 'package x\n' },
    message: 'Policy folder "sample" lacks "sample/sample.rego"',
  },
  {
    states: 'a folder with an unusable name',
    files: { 'Sample-1/Sample-1.rego': policyText() },
    message:
      'Policy folder "<folder>/Sample-1" has an unusable name: wanted lower case letters, digits and "_", at most 63, a letter first',
  },
];

describe('buildBundle()', () => {
  for (const { states, files, message } of BAD_SOURCES) {
    it(`refuses ${states}, with its place`, async (test) => {
      const folder = await makeTemporaryFolder(test, files);
      const output = join(folder, 'built');

      await assert.rejects(buildBundle({ sourceFolder: folder, output, opa }), (fault: unknown) => {
        assert.ok(fault instanceof HoldfastError);
        assert.deepEqual(
          { code: fault.code, message: fault.message.replaceAll(folder, '<folder>').trim() },
          { code: 'policy_source_invalid', message },
        );
        return true;
      });
      await assert.rejects(readdir(output), { code: 'ENOENT' });
    });
  }

  it('says which folder it cannot read', async () => {
    await assert.rejects(
      buildBundle({ sourceFolder: '/nowhere/policies', output: '/nowhere/bundle', opa }),
      {
        code: 'policy_source_invalid',
        message: 'Cannot read the policy folder "/nowhere/policies"',
      },
    );
  });

  it('describes each policy, with defaults where METADATA is silent', async (test) => {
    const body = `${READS_ACTOR}\n\npatch contains {"op": "remove", "path": "/a"} if sprintf("%d", [1]) == "2"`;
    const custom = ['severity: error', 'match: {kinds: [Pod]}', 'failure: warn', 'facts: [actor]'];
    const folder = await build(test, {
      [SAMPLE]: policyText({ custom, body }),
      'sample/sample_test.rego': 'this is not even Rego',
    });

    const { manifest } = await loadBundle(folder);

    const { revision, moduleSha256, ...rest } = manifest;
    assert.match(revision, /^[0-9a-f]{64}$/);
    assert.equal(moduleSha256, sha256(await readFile(join(folder, 'policy.wasm'))));
    assert.deepEqual(rest, {
      format: 6,
      opaVersion: opa.version,
      builtins: { sprintf: [SAMPLE] },
      policies: [
        {
          name: 'sample',
          title: 'Sample',
          description: 'A sample.',
          severity: 'error',
          match: { kinds: ['Pod'] },
          failure: 'warn',
          deadlineMs: 200,
          facts: ['actor'],
          optionalFacts: [],
          rules: ['deny', 'patch'],
          mode: 'enforce',
          parameters: {},
          requestReads: {},
          parameterReads: {},
          parameterLookups: [],
          builtins: ['sprintf'],
        },
      ],
      data: {},
    });
  });

  it('gives the same revision for the same sources', async (test) => {
    const first = await loadBundle(await build(test, { [SAMPLE]: policyText() }));
    const second = await loadBundle(await build(test, { [SAMPLE]: policyText() }));

    assert.equal(first.manifest.revision, second.manifest.revision);
  });

  it('gives the same archive byte for byte, whatever the folder and the time', async (test) => {
    const archives = [];
    for (const name of ['first', 'second']) {
      const folder = await makeTemporaryFolder(test, { [`${name}/${SAMPLE}`]: policyText() });
      await utimes(join(folder, name, SAMPLE), 1_000_000_000, archives.length);
      const output = join(folder, `${name}.tar.gz`);
      await buildBundle({ sourceFolder: join(folder, name), output, opa });
      archives.push(await readFile(output));
    }

    assert.deepEqual(archives[0], archives[1]);
  });

  it('gives an archive that OPA inspects and evaluates to what the module gives', async (test) => {
    const folder = await makeTemporaryFolder(test, { [`rego/${SAMPLE}`]: policyText() });
    const output = join(folder, 'bundle.tar.gz');
    const { revision } = await buildBundle({ sourceFolder: join(folder, 'rego'), output, opa });
    await writeFile(
      join(folder, 'input.json'),
      JSON.stringify({ request: { name: 'bad' }, facts: {}, parameters: { sample: {} } }),
    );

    const inspected: unknown = JSON.parse(
      await runOpa(opa.path, ['inspect', '-f', 'json', output], folder),
    );
    const query = 'data.holdfast.entry.verdicts';
    const evaluated: unknown = JSON.parse(
      await runOpa(
        opa.path,
        ['eval', '-f', 'raw', '-b', output, '-i', 'input.json', query],
        folder,
      ),
    );

    assert.partialDeepStrictEqual(inspected, {
      manifest: { revision, roots: ['holdfast'], rego_version: 1 },
      namespaces: { 'data.holdfast.policies.sample': [`/${SAMPLE}`] },
    });
    assert.deepEqual(evaluated, { sample: { deny: [{ code: 'no', message: 'No' }] } });
    assert.equal((await loadBundle(output)).manifest.revision, revision);
  });
});
