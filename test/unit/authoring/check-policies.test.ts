import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { checkPolicies } from '../../../src/authoring/check-policies.ts';
import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { policyText } from '../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const HEAD = ['severity: error', 'failure: deny'];
const REMEDY = '"remedy": "Do the other."';

let opaPath: string;
before(async () => {
  opaPath = (await ensureOpa({ cacheFolder: cacheFolder() })).path;
});

/** `file:row code: text` of each problem. */
async function check(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { problems } = await checkPolicies({
    sourceFolder: await makeTemporaryFolder(t, files),
    opaPath,
  });
  return problems.map(({ file, row, code, text }) => `${file}:${row ?? ''} ${code}: ${text}`);
}

/** One policy; the code begins at row 10. */
function checkPolicy(
  t: TestContext,
  { match = '{}', body }: { readonly match?: string; readonly body: readonly string[] },
): Promise<readonly string[]> {
  const text = policyText({ custom: [...HEAD, `match: ${match}`], body: body.join('\n') });
  return check(t, { 'sample/sample.rego': text });
}

const finding = (message: string, more = REMEDY): string =>
  `deny contains {\n\t"code": "no",\n\t"message": ${message},\n\t${more},\n} if {\n\tinput.request.name == "bad"\n}`;

describe('checkPolicies()', () => {
  it('reports every file that is no Rego, and every folder that is no policy, at once', async (t) => {
    const problems = await check(t, {
      'a/a.rego': 'package a\n\nx if {\n',
      'b/b.rego': 'package b\n\n? \n',
      'c/other.rego': 'package c\n',
      'lib/words.rego': 'package holdfast.lib.words\n',
    });

    assert.deepEqual(problems, [
      'a/a.rego:4 rego_parse: unexpected eof token',
      'b/b.rego:3 rego_parse: illegal token',
      'c: source_layout: Unexpected "c/other.rego": a policy folder holds "c.rego" and its "_test.rego"; put shared code into "lib/"',
    ]);
  });

  it('reports what the build refuses, what OPA refuses, tests included, and the form', async (t) => {
    const problems = await check(t, {
      'sample/sample.rego': policyText({
        custom: [...HEAD, 'match: {}', 'mood: good'],
        body: 'deny contains {"code": "no", "message": concat("", [])} if  http.send({})',
      }),
      'sample/sample_test.rego': 'package holdfast.policies.sample_test\n\nimport data.foo\n',
    });

    assert.deepEqual(problems, [
      'sample/sample.rego: rego_format: the file is not formatted',
      'sample/sample.rego:8 metadata_invalid: METADATA custom.mood is no known key',
      'sample/sample.rego:11 finding_undefinable: the "message" of "deny" is built by "concat", which may be undefined, and without it nothing is found',
      'sample/sample.rego:11 remedy_missing: what "deny" collects has no "remedy"',
      'sample/sample.rego:11 builtin_unknown: undefined function http.send',
      'sample/sample_test.rego:3 rego_compile: import data.foo unused',
    ]);
  });

  it('refuses a member that the input does not have, and says what there is', async (t) => {
    const sourceFolder = await makeTemporaryFolder(t, {
      'sample/sample.rego': policyText({
        custom: [...HEAD, 'match: {}', 'facts: [object, source]'],
        body: [
          finding('"It is bad."'),
          '\nmanaged if input.facts.object.manged',
          '\ncommitted if input.facts.source.comit',
          '\nscaled if {\n\tsome scaler in input.facts.object.scalers.value\n\tscaler.replicas > 1\n}',
          '\nlabelled if input.request.object.metadata.labels["a.b/c"]',
          '\nunknown if is_null(input.facts.source)\n',
        ].join('\n'),
      }),
    });

    const { problems } = await checkPolicies({ sourceFolder, opaPath });

    const typeProblems = problems.filter(({ code }) => code === 'rego_type');
    assert.deepEqual(
      typeProblems.map(({ row, text }) => [row, text]),
      [
        [19, 'the schema of the input has no "input.facts.object.manged"'],
        [21, 'the schema of the input has no "input.facts.source.comit"'],
        [25, 'the schema of the input has no "scaler.replicas"'],
      ],
    );
    assert.equal(
      typeProblems.at(2)?.remedy,
      'it has managed, name, replicasMax, replicasMin, tool',
    );
  });

  it('reports a finding that is not written out, and judges no text of it', async (t) => {
    const body = ['deny contains found if some found in input.parameters.findings'];

    assert.deepEqual(await checkPolicy(t, { body }), [
      'sample/sample.rego:10 finding_unchecked: what "deny" collects cannot be checked',
    ]);
  });

  it('finds nothing in what is as it should be', async (t) => {
    assert.deepEqual(await checkPolicy(t, { body: [finding('"It is bad."')] }), []);
  });

  it('refuses a folder without policies', async (t) => {
    await assert.rejects(check(t, { 'lib/a.rego': 'package holdfast.lib.a\n' }), {
      code: 'policy_source_invalid',
      message: /^Found no policy in /u,
    });
  });
});

const MATCHES: readonly (readonly [match: string, problem: string])[] = [
  ['{groups: [apps/v1]}', 'the group "apps/v1" has a version'],
  ['{groups: [core]}', 'there is no group "core"'],
  ['{kinds: [deployment]}', 'the kind "deployment" has no capital'],
  ['{resources: [pods/exec]}', 'the resource "pods/exec" has a subresource'],
  ['{resources: [Pods]}', 'the resource "Pods" has a capital'],
  [
    '{namespaces: [a], excludedNamespaces: [a, b]}',
    'excludedNamespaces has every entry of namespaces',
  ],
  ['{operations: [CONNECT], subresources: [""]}', 'CONNECT concerns subresources only'],
  [
    '{kinds: [Deployment], resources: [pods], subresources: [""]}',
    'no kind of Deployment is one of the resources pods',
  ],
];

const MATCHES_MET: readonly string[] = [
  '{groups: ["", apps], kinds: [Deployment], resources: [deployments], subresources: [""]}',
  '{namespaces: [a, c], excludedNamespaces: [a, b]}',
  '{namespaces: [a]}',
  '{kinds: [Deployment], resources: [pods]}',
  '{kinds: [Scale], resources: [deployments], subresources: [scale]}',
  '{operations: [CONNECT]}',
  '{operations: [CONNECT, CREATE], subresources: [""]}',
];

/** Conditions of a rule under `operations: [CREATE, UPDATE]`; `undefined` for those that may hold. */
const CONDITIONS: readonly (readonly [condition: string, problem: string | undefined])[] = [
  ['input.request.operation == "DELETE"', 'input.request.operation "DELETE"'],
  ['"DELETE" == input.request.operation', 'input.request.operation "DELETE"'],
  [
    'input.request.operation in ["DELETE", "CONNECT"]',
    'input.request.operation "DELETE", "CONNECT"',
  ],
  ['input.request.operation in ["DELETE", "CREATE"]', undefined],
  ['input.request.operation in input.parameters.operations', undefined],
  ['input.request.operation == input.parameters.operation', undefined],
  ['not input.request.operation == "DELETE"', undefined],
  ['input.request.operation != "DELETE"', undefined],
  ['input.request.operation == "CREATE"', undefined],
  ['input.request.kind.kind == "Pod"', undefined],
  ['startswith(input.request.name, "a")', undefined],
  ['count(input.request.name) > 1', undefined],
];

describe('what no request meets', () => {
  it('is a match that contradicts itself or names what the API never has', async (t) => {
    const texts = MATCHES.map(([match], index): [string, string] => {
      const name = `p${index}`;
      const custom = [...HEAD, `match: ${match}`];
      return [`${name}/${name}.rego`, policyText({ name, custom, body: finding('"It is bad."') })];
    });

    assert.deepEqual(
      await check(t, Object.fromEntries(texts)),
      MATCHES.map(
        ([, text], index) =>
          `p${index}/p${index}.rego:1 match_unreachable: METADATA custom.match: ${text}, so no request matches`,
      ),
    );
  });

  it('is no match that some request meets', async (t) => {
    const texts = MATCHES_MET.map((match, index): [string, string] => {
      const name = `p${index}`;
      const custom = [...HEAD, `match: ${match}`];
      return [`${name}/${name}.rego`, policyText({ name, custom, body: finding('"It is bad."') })];
    });

    assert.deepEqual(await check(t, Object.fromEntries(texts)), []);
  });

  it('is a rule that asks for what the match leaves out', async (t) => {
    const rules = CONDITIONS.map(([condition], index) => `rule_${index} if ${condition}\n`);
    const problems = await checkPolicy(t, {
      match: '{operations: [CREATE, UPDATE]}',
      body: [finding('"It is bad."'), '', ...rules].slice(0, -1).concat(rules.at(-1)?.trim() ?? ''),
    });

    assert.deepEqual(
      problems,
      CONDITIONS.flatMap(([, text], index) =>
        text === undefined
          ? []
          : `sample/sample.rego:${String(18 + 2 * index)} rule_unreachable: "rule_${index}" asks for ${text}, and custom.match.operations has only "CREATE", "UPDATE"`,
      ),
    );
  });
});

const LONG = 'a'.repeat(501);
const TEXTS: readonly (readonly [message: string, more: string, problem: string])[] = [
  ['""', REMEDY, 'message_form: the "message" of "deny" is empty'],
  ['" Bad."', REMEDY, 'message_form: the "message" of "deny" begins with a blank'],
  [
    '$" {input.request.name}."',
    REMEDY,
    'message_form: the "message" of "deny" begins with a blank',
  ],
  ['"Bad"', REMEDY, 'message_form: the "message" of "deny" does not end with a period'],
  [
    '$"{input.request.name} is"',
    REMEDY,
    'message_form: the "message" of "deny" does not end with a period',
  ],
  [
    '"Bad."',
    `"remedy": "${LONG}"`,
    'message_form: the "remedy" of "deny" has 501 characters, at most 500 are read',
  ],
  [
    String.raw`"1\n2\n3\n4\n5\n6\n7."`,
    REMEDY,
    'message_form: the "message" of "deny" has 7 lines, at most 6 are read',
  ],
  ['"Bad."', '"path": "a"', 'remedy_missing: what "deny" collects has no "remedy"'],
  ['"Bad."', `"details": {},\n\t${REMEDY}`, ''],
  ['$"{input.request.name}"', '"remedy": $"kubectl get {input.request.name} -o yaml"', ''],
];

describe('texts of findings', () => {
  it('are read', async (t) => {
    const texts = TEXTS.map(([message, more], index): [string, string] => {
      const name = `p${index}`;
      const custom = [...HEAD, 'match: {}'];
      return [`${name}/${name}.rego`, policyText({ name, custom, body: finding(message, more) })];
    });

    const problems = await check(t, Object.fromEntries(texts));

    assert.deepEqual(
      problems.map((problem) => problem.replace(/:\d* /u, ' ')),
      TEXTS.flatMap(([, , text], index) => (text === '' ? [] : `p${index}/p${index}.rego ${text}`)),
    );
  });

  it('have a code in snake case', async (t) => {
    const body = [
      finding('"It is bad."').replace('"no"', '"no-way"'),
      '',
      finding('"It is bad."').replace('"no"', `"${'a'.repeat(65)}"`),
      '',
      // Another kind of rule needs no remedy, and another code than a constant is not read.
      'warn contains {"code": code, "message": "Bad."} if some code in ["a", "b"]',
      '',
      'audit contains 1',
    ];

    assert.deepEqual(await checkPolicy(t, { body }), [
      'sample/sample.rego:11 code_form: the code "no-way" is no name in snake case',
      `sample/sample.rego:19 code_form: the code "${'a'.repeat(65)}" is no name in snake case`,
      'sample/sample.rego:28 finding_type: "audit" collects a number, wanted an object with "code" and "message"',
    ]);
  });
});
