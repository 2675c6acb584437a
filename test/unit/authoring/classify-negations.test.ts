import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { classifyNegations } from '../../../src/authoring/classify-negations.ts';
import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { runOpa } from '../../../src/authoring/opa-program.ts';
import {
  parsePolicyModule,
  type PolicyModule,
} from '../../../src/authoring/parse-policy-module.ts';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

/** What the bodies below call and read; of `input` nothing is there. */
const DEFINITIONS = [
  'is_one(x) if x == input.one',
  'partial(x) := 1 if x == input.one',
  'total(x) := 1',
  'one_of("a") := 1',
  'twice(x) := 1 if x == "a"',
  'twice(x) := 2 if x != "a"',
  'names contains input.name',
  'table[key] := 1 if some key in ["a"]',
  'alias := input.a',
  'maybe := 1 if input.one',
  'ended := 1 if input.one else := 2',
  'default preset := 1',
  'preset := 2 if input.one',
  'standing := input.a.b',
  'always := words.text',
];
const LIBRARY =
  'package holdfast.lib.words\n\ntext := "a"\n\nsometimes := "a" if input.one\n\nbad if not is_one(input.c.d)\n\nis_one(x) if x == 1\n';

/** Whether each holds on an empty input, by OPA, which the check must agree with. */
const NEGATIONS: Readonly<Record<string, 'holds' | 'does not hold'>> = {
  'not is_one(input.a.b)': 'does not hold',
  'not is_one(alias.b)': 'does not hold',
  'not is_one([input.a.b])': 'does not hold',
  'not is_one({"a": input.a.b})': 'does not hold',
  'not is_one({input.a.b})': 'does not hold',
  'not is_one(maybe)': 'does not hold',
  'not is_one(standing)': 'does not hold',
  'not is_one(words.sometimes)': 'does not hold',
  'not is_one(partial("a"))': 'does not hold',
  'not is_one(one_of("b"))': 'does not hold',
  'not is_one(total(input.a.b))': 'does not hold',
  'not startswith(input.a.b, "a")': 'does not hold',
  'not input.a.b in ["a"]': 'does not hold',
  'not input.a.b != 1': 'does not hold',
  'not lower(input.a.b) == "a"': 'does not hold',
  'not {"a": input.a.b} == {"a": 1}': 'does not hold',
  'not names[input.a.b]': 'does not hold',
  'not table[input.a.b] == 1': 'does not hold',
  'not input.list[input.a.b]': 'does not hold',
  'every one in [1] { not is_one(input.a.b + one) }': 'does not hold',
  'not input.a.b': 'holds',
  'not input.a.b == 1': 'holds',
  'not input.a.b = 1': 'holds',
  'not maybe': 'holds',
  'not is_one(1)': 'holds',
  'not is_one(ended)': 'holds',
  'not is_one(preset)': 'holds',
  'not is_one(names)': 'holds',
  'not is_one(always)': 'holds',
  'not is_one(total(1))': 'holds',
  'not is_one(twice("b"))': 'holds',
  'not is_one(object.get(input, ["a", "b"], null))': 'holds',
  'not is_one([one | one := input.a.b])': 'holds',
  'not is_one($"{input.a.b}")': 'holds',
  'count([1 | some one in [2]; not is_one(one)]) == 1': 'holds',
};

let opaPath: string;
before(async () => {
  opaPath = (await ensureOpa({ cacheFolder: cacheFolder() })).path;
});

async function parse(
  t: TestContext,
  text: string,
): Promise<{ readonly module: PolicyModule; readonly folder: string }> {
  const folder = await makeTemporaryFolder(t, {
    'a.rego': text,
    'words.rego': LIBRARY,
    'input.json': '{}',
  });
  return { module: await parseFile('a.rego', folder), folder };
}

async function parseFile(file: string, folder: string): Promise<PolicyModule> {
  const argv = ['parse', '--format', 'json', '--json-include', 'locations,comments', file];
  return parsePolicyModule(file, JSON.parse(await runOpa(opaPath, argv, folder)));
}

/** Rules of one line each, from row 5 on. */
function moduleOf(rules: readonly string[]): string {
  return ['package sample', '', 'import data.holdfast.lib.words', '', ...rules, ''].join('\n');
}

describe('classifyNegations()', () => {
  it('agrees with OPA about what does not hold where a part is undefined', async (t) => {
    const bodies = Object.keys(NEGATIONS);
    const rules = bodies.map((body, index) => `held_${index} if { ${body} }`);
    const { module, folder } = await parse(t, moduleOf([...rules, ...DEFINITIONS]));

    const files = ['--data', 'a.rego', '--data', 'words.rego', '--input', 'input.json'];
    const argv = ['eval', ...files, '--format', 'raw', 'data.sample'];
    const held = Object.keys(JSON.parse(await runOpa(opaPath, argv, folder)));
    const libraries = [await parseFile('words.rego', folder)];
    const problems = classifyNegations(module, { libraries, isAlwaysGiven: () => false });
    const rows = new Set(problems.map(({ row = 0 }) => row - 5));

    for (const [index, body] of bodies.entries()) {
      const found = held.includes(`held_${index}`) ? 'holds' : 'does not hold';
      assert.equal(found, NEGATIONS[body], `OPA: ${body}`);
      const said = rows.has(index) ? 'does not hold' : 'holds';
      assert.equal(said, NEGATIONS[body], `the check: ${body}`);
    }
  });

  it('names what may be undefined, once for each, with the row, in rules and in libraries', async (t) => {
    const { module, folder } = await parse(
      t,
      moduleOf(['bad if not words.is_one(input.a.b + words.is_one(input.c))']),
    );
    const libraries = [await parseFile('words.rego', folder)];
    const options = { libraries, isAlwaysGiven: () => false };

    assert.deepEqual(classifyNegations(module, options), [
      {
        file: 'a.rego',
        row: 5,
        code: 'negation_undefinable',
        text: 'where "input.a.b" is undefined, this "not" does not hold',
      },
      {
        file: 'a.rego',
        row: 5,
        code: 'negation_undefinable',
        text: 'where "words.is_one(…)" is undefined, this "not" does not hold',
      },
      {
        file: 'a.rego',
        row: 5,
        code: 'negation_undefinable',
        text: 'where "input.c" is undefined, this "not" does not hold',
      },
    ]);
    const [library, ...others] = libraries;
    assert.ok(library);
    assert.deepEqual(
      classifyNegations(library, options).map(({ row, text }) => [row, text]),
      [[7, 'where "input.c.d" is undefined, this "not" does not hold']],
    );
    assert.deepEqual(others, []);
  });

  it('takes for defined what another condition reads, what is given, and what a function is called with', async (t) => {
    const { module } = await parse(
      t,
      moduleOf([
        'read if { input.a.b.c; not startswith(input.a.b, "a") }',
        'denied if { not input.a.b; not startswith(input.a.b, "a") }',
        'apart if { count([1 | input.a.b]) == 0; not startswith(input.a.b, "a") }',
        'called(given) if not startswith(given.name, "a")',
        'given if { some item in input.given.items; not startswith(item.name, "a") }',
        'every_given if { every item in parts { not startswith(item.name, "a") } }',
        'local if { part := input.given; not startswith(part.name, "a") }',
        'other if { some item in input.list; not startswith(item.name, "a") }',
        'nested if { some list in input.lists; some item in list; not startswith(item.name, "a") }',
        'computed if { part := input.parts[_]; not startswith(part.name, "a") }',
        'called_for if { part := json.unmarshal(input.given.name); not startswith(part.name, "a") }',
        'by_position if { parts_of := split(input.given.name, "/"); not startswith(parts_of[1], "a") }',
        'two if { [one, _] := input.pair; not startswith(one.name, "a") }',
        'of_data if not startswith(data.sample.parts.name, "a")',
        'of_rule if not startswith(chosen.name, "a")',
        'of_cases if not startswith(cases.name, "a")',
        'of_condition if not startswith(narrowed.name, "a")',
        'called_list(given) if { some item in given.items; not startswith(item.name, "a") }',
        'parts := input.given.items',
        'chosen := {"name": input.a.b}',
        'cases := input.a if input.one else := input.b',
        'narrowed := input.a if input.one',
      ]),
    );
    const isAlwaysGiven = ([first]: readonly string[]) => first === 'given';

    const problems = classifyNegations(module, { libraries: [], isAlwaysGiven });

    assert.deepEqual(
      problems.map(({ row, text }) => [row, /"([^"]+)"/u.exec(text)?.[1]]),
      [
        [6, 'input.a.b'],
        [7, 'input.a.b'],
        [12, 'item.name'],
        [13, 'item.name'],
        [14, 'part.name'],
        [15, 'part.name'],
        [19, 'chosen.name'],
      ],
    );
  });

  it('follows rules that stand for each other, and no further than sixteen', async (t) => {
    const chain = Array.from({ length: 20 }, (_, n) => `rule_${n} := rule_${n + 1}.a`);
    const { module } = await parse(
      t,
      moduleOf([
        'near if not is_number(rule_18)',
        'far if not is_number(rule_0)',
        'below if not is_number(rule_0.b)',
        ...chain,
        'rule_20 := input.a',
      ]),
    );

    const problems = classifyNegations(module, { libraries: [], isAlwaysGiven: () => false });

    assert.deepEqual(
      problems.map(({ row }) => row),
      [5],
    );
  });
});
