import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandInput } from '../../../src/cli/command.ts';
import { createAnswerPrinter, outputOption, printAnswer } from '../../../src/cli/output-option.ts';
import { recordContext } from '../../support/command-context.ts';

const ANSWER = {
  table: () => 'a table',
  wide: () => 'a wide table',
  json: () => '{"a":[1]}',
  markdown: () => '# a',
};

function ask(form: string | undefined): CommandInput {
  return { arguments: [], flag: () => false, text: () => form, texts: () => [] };
}

test('the first form is the default', () => {
  assert.deepEqual(outputOption(['yaml', 'json']), {
    name: 'output',
    short: 'o',
    value: 'FORM',
    summary: 'how the answer is printed',
    choices: ['yaml', 'json'],
    default: 'yaml',
  });
});

for (const [form, printed] of [
  [undefined, 'a table'],
  ['table', 'a table'],
  ['wide', 'a wide table'],
  ['json', '{"a":[1]}'],
  ['jsonl', '{"a":[1]}'],
  ['yaml', 'a:\n  - 1'],
  ['markdown', '# a'],
] as const) {
  test(`an answer is printed as ${String(form)}`, () => {
    const world = recordContext();
    printAnswer(world.context, ask(form), ANSWER);

    assert.equal(world.printed(), printed);
  });
}

for (const form of ['wide', 'markdown']) {
  test(`an answer without the form ${form} is a table`, () => {
    const world = recordContext();
    printAnswer(world.context, ask(form), { table: ANSWER.table, json: ANSWER.json });

    assert.equal(world.printed(), 'a table');
  });
}

for (const [form, before, after] of [
  ['table', 'a table\na table', 'a table\na table\n2 of them'],
  ['jsonl', '{"a":[1]}\n{"a":[1]}', '{"a":[1]}\n{"a":[1]}'],
  ['json', '', '[{"a":[1]},\n{"a":[1]}]'],
  ['yaml', '', '- a:\n    - 1\n- a:\n    - 1'],
] as const) {
  test(`several answers are printed as ${form} as soon as they can be`, () => {
    const world = recordContext();
    const printer = createAnswerPrinter(world.context, ask(form));
    printer.add(ANSWER);
    printer.add(ANSWER);
    const early = world.printed();
    printer.end('2 of them');

    assert.deepEqual([early, world.printed()], [before, after]);
  });
}

test('no answer is an empty document, and a table without a last line is nothing', () => {
  const printed = ['json', 'yaml', 'table'].map((form) => {
    const world = recordContext();
    createAnswerPrinter(world.context, ask(form)).end();
    return world.printed();
  });

  assert.deepEqual(printed, ['[]', '[]', '']);
});
