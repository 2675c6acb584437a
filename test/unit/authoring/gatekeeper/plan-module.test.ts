import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  planModule,
  templatePackage,
  type TemplateModule,
} from '../../../../src/authoring/gatekeeper/plan-module.ts';

const at = (row: number, col: number) => ({ row, col });
const variable = (value: string, location?: object) => ({ type: 'var', value, location });
const text = (value: string) => ({ type: 'string', value });
const reference = (...value: readonly unknown[]) => ({ type: 'ref', value });

function plan(
  module: Partial<TemplateModule> & { readonly packagePath?: readonly unknown[] },
  rules: readonly unknown[] = [{ head: { ref: [variable('violation')] } }],
  imports: readonly unknown[] = [],
) {
  const { packagePath = [variable('data'), text('a')], ...given } = module;
  const tree = { package: { path: packagePath, location: at(1, 1) }, rules, imports };
  return planModule({ template: 'must-have', part: 'entry', text: 'package a\n', tree, ...given });
}

function ruleThatReads(...value: readonly unknown[]) {
  return { head: { ref: [variable('violation')] }, body: [{ terms: [reference(...value)] }] };
}

describe('planModule()', () => {
  it('gives a template a package of its own', () => {
    assert.deepEqual(plan({ text: 'package   a.b["c d"]\nx' }), {
      ok: true,
      inventoryReads: [],
      text: 'package holdfast.gatekeeper.templates["must-have"]\nx',
    });
    assert.equal(templatePackage('must-have'), 'holdfast.gatekeeper.templates["must-have"]');
  });

  it('edits references where OPA says they stand: it counts characters, not units of UTF-16', () => {
    const source = 'package a\nimport data.lib.x\nv { "😀é"; data.lib.x.y; data.inventory }\n';
    const planned = plan(
      { text: source },
      [
        ruleThatReads(variable('data', at(3, 11)), text('lib'), text('x'), text('y')),
        ruleThatReads(variable('data', at(3, 25)), text('inventory')),
      ],
      [
        {
          path: { value: [variable('data', at(2, 8)), text('lib'), text('x')] },
          location: at(2, 1),
        },
        { path: { value: [variable('future', at(2, 8)), text('keywords')] }, location: at(2, 1) },
      ],
    );

    assert.deepEqual(planned, {
      ok: true,
      inventoryReads: [[]],
      text: 'package holdfast.gatekeeper.templates["must-have"]\nimport data.holdfast.gatekeeper.libraries["must-have"].lib.x\nv { "😀é"; data.holdfast.gatekeeper.libraries["must-have"].lib.x.y; data.inventory }\n',
    });
  });

  it('tells where the inventory is read: what is computed may be any key, and of a long path the beginning counts', () => {
    const inventory = [variable('data', at(1, 1)), text('inventory')];
    const long = Array.from({ length: 20 }, (_, index) => text(`key_${index}`));

    const planned = plan({}, [
      { head: { ref: [variable('violation')] } },
      ruleThatReads(...inventory, text('cluster'), text('v1'), text('Namespace'), variable('name')),
      ruleThatReads(...inventory, text('namespace'), reference(...inventory, text('cluster'))),
      ruleThatReads(...inventory, ...long),
    ]);

    assert.deepEqual(planned.ok && planned.inventoryReads, [
      ['cluster', 'v1', 'Namespace', null],
      ['namespace', null],
      ['cluster'],
      long.slice(0, 16).map(({ value }) => value),
    ]);
  });

  it('edits nothing where the tree names no place, or one that the text does not have', () => {
    const last = 'package a\nv { data.lib.x }';
    const lib = [text('lib'), text('x')];
    const read = (source: string, ...rules: readonly unknown[]) => {
      const planned = plan({ text: source }, [
        { head: { ref: [variable('violation')] } },
        ...rules,
      ]);
      return planned.ok ? planned.text : planned.problems;
    };

    assert.equal(
      read(
        last,
        ruleThatReads(variable('data', at(2, 5)), ...lib),
        ruleThatReads(variable('data'), ...lib),
      ),
      'package holdfast.gatekeeper.templates["must-have"]\nv { data.holdfast.gatekeeper.libraries["must-have"].lib.x }',
    );
    assert.match(
      String(read('', ruleThatReads(variable('data', at(9, 1)), ...lib))),
      /^data\.holdfast/u,
    );
  });

  it('keeps the path of a library behind its own package', () => {
    const packagePath = [variable('data'), text('lib'), text('x')];

    assert.deepEqual(plan({ part: 'library', text: 'package lib.x\n', packagePath }, []), {
      ok: true,
      inventoryReads: [],
      text: 'package holdfast.gatekeeper.libraries["must-have"].lib.x\n',
    });
  });

  it('gives calls of replace another function, but in a template that has one of its own', () => {
    const source = 'package a\nv { replace("a", "", "b") }\n';
    const violation = {
      head: { ref: [variable('violation')] },
      body: [{ terms: [reference(variable('replace', at(2, 5)))] }],
    };
    const planned = plan({ text: source }, [violation]);
    assert.equal(
      planned.ok && planned.text,
      'package holdfast.gatekeeper.templates["must-have"]\nv { data.holdfast.gatekeeper.strings.replaced("a", "", "b") }\n',
    );
    const own = { head: { ref: [variable('replace')] } };
    const left = plan({ text: source }, [violation, own]);
    assert.equal(
      left.ok && left.text,
      'package holdfast.gatekeeper.templates["must-have"]\nv { replace("a", "", "b") }\n',
    );
  });

  const refused: Readonly<Record<string, readonly [ReturnType<typeof plan>, string]>> = {
    'no rule violation': [plan({}, []), 'row 1: there is no rule "violation"'],
    'a library of another package': [
      plan({ part: 'library' }, []),
      'row 1: the package of a library must begin with "lib."',
    ],
    'a library without a name': [
      plan({ part: 'library', packagePath: [variable('data'), text('lib')] }, []),
      'row 1: the package of a library must begin with "lib."',
    ],
    'other data': [
      plan({}, [ruleThatReads(variable('data', at(4, 2)), { type: 'number', value: 1 })]),
      'row 4: reads "data._", and a template may read data.inventory and data.lib only',
    ],
    'all data': [
      plan({}, [ruleThatReads(variable('data'))]),
      'row 0: reads "data", and a template may read data.inventory and data.lib only',
    ],
    'external data': [
      plan({}, [ruleThatReads(variable('external_data', at(3, 1)))]),
      'row 3: calls external_data, and Holdfast asks no provider; give it what it reads as parameters or as objects of the cluster',
    ],
    'another import': [
      plan({}, undefined, [
        { path: { value: [variable('rego'), text('v1')] }, location: at(2, 1) },
      ]),
      'row 2: imports "rego.v1", and a template may import data.lib and future only',
    ],
  };
  for (const [what, [planned, problem]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(planned, { ok: false, problems: [problem] });
    });
  }
});
