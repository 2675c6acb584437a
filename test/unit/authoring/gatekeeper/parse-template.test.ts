import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isTemplate,
  parseTemplate,
  type ParsedTemplate,
} from '../../../../src/authoring/gatekeeper/parse-template.ts';

const REGO = 'package a\n\nviolation[{"msg": "a"}] { true }\n';
const TARGET = 'admission.k8s.gatekeeper.sh';

interface Written {
  readonly apiVersion?: string;
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly validation?: object;
  readonly target?: object;
}

function parse({
  apiVersion = 'templates.gatekeeper.sh/v1',
  name = 'musthave',
  annotations,
  validation,
  target = { rego: REGO },
}: Written = {}): ParsedTemplate {
  return parseTemplate({
    apiVersion,
    kind: 'ConstraintTemplate',
    metadata: { name, annotations },
    spec: {
      crd: { spec: { names: { kind: 'MustHave' }, validation } },
      targets: [{ target: TARGET, ...target }],
    },
  });
}

function templateOf(parsed: ParsedTemplate) {
  assert.ok(parsed.ok);
  return parsed.template;
}

function problemsOf(parsed: ParsedTemplate): readonly string[] {
  assert.ok(!parsed.ok);
  return parsed.problems;
}

describe('parseTemplate()', () => {
  it('reads the older form', () => {
    assert.deepEqual(templateOf(parse({ target: { rego: REGO, libs: ['package lib.a'] } })), {
      name: 'musthave',
      kind: 'MustHave',
      title: 'MustHave',
      description: 'What MustHave of Gatekeeper demands',
      parameters: undefined,
      code: { regoVersion: 0, rego: REGO, libraries: ['package lib.a'] },
      operations: undefined,
      syncData: [],
    });
  });

  it('reads the newer form: version, libraries, operations, and what it says of itself', () => {
    const annotations = {
      'metadata.gatekeeper.sh/title': 'Must have',
      description: 'Has it.\n',
      'metadata.gatekeeper.sh/requires-sync-data':
        '"[[{"groups": ["", "apps"], "versions": ["v1"], "kinds": ["Pod"]}]]"',
    };
    const source = { version: 'v1', rego: REGO, libs: ['package lib.b'] };
    const target = {
      code: [
        { engine: 'K8sNativeValidation', source: {} },
        { engine: 'Rego', source },
      ],
      operations: ['DELETE', 'CREATE'],
    };

    assert.deepEqual(templateOf(parse({ annotations, target })), {
      name: 'musthave',
      kind: 'MustHave',
      title: 'Must have',
      description: 'Has it.',
      parameters: undefined,
      code: { regoVersion: 1, rego: REGO, libraries: ['package lib.b'] },
      operations: ['CREATE', 'DELETE'],
      syncData: [
        { group: '', version: 'v1', kind: 'Pod' },
        { group: 'apps', version: 'v1', kind: 'Pod' },
      ],
    });
  });

  it('takes the older field before the newer one, and every version but v1 for v0', () => {
    const code = [{ engine: 'Rego', source: { version: 'v2', rego: 'other' } }];

    assert.equal(templateOf(parse({ target: { rego: REGO, code } })).code.rego, REGO);
    assert.equal(templateOf(parse({ target: { rego: '', code } })).code.regoVersion, 0);
    const all = templateOf(parse({ target: { rego: REGO, operations: ['*'] } })).operations;
    assert.deepEqual(all, ['CREATE', 'UPDATE', 'DELETE', 'CONNECT']);
  });

  it('keeps every parameter where the schema is of the old kind', () => {
    const kept = { 'x-kubernetes-preserve-unknown-fields': true };
    const legacy = { apiVersion: 'templates.gatekeeper.sh/v1beta1' };

    assert.deepEqual(templateOf(parse(legacy)).parameters, kept);
    assert.deepEqual(templateOf(parse({ validation: { legacySchema: true } })).parameters, kept);
    const structural = { legacySchema: false, openAPIV3Schema: { type: 'object' } };
    assert.deepEqual(templateOf(parse({ ...legacy, validation: structural })).parameters, {
      type: 'object',
    });
  });

  it('refuses CEL by name, and tells what to do', () => {
    const target = { code: [{ engine: 'K8sNativeValidation', source: {} }] };

    assert.deepEqual(problemsOf(parse({ target })), [
      'spec.targets[0].code: is written in CEL (engine K8sNativeValidation), and Holdfast runs Rego; add code of engine Rego, or keep it as a ValidatingAdmissionPolicy',
    ]);
  });

  const refused: Readonly<Record<string, readonly [Written, RegExp]>> = {
    'an unknown version': [{ apiVersion: 'templates.gatekeeper.sh/v2' }, /has no version "v2"/u],
    'another name than the kind': [{ name: 'other' }, /must be the kind in lower case/u],
    'another target': [{ target: { target: 'other', rego: REGO } }, /is "other", wanted/u],
    'no code': [{ target: {} }, /has no code of engine Rego/u],
    'code without Rego': [
      { target: { code: [{ engine: 'Rego', source: {} }] } },
      /source\.rego: /u,
    ],
    'a schema without a type': [
      { validation: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } },
      /openAPIV3Schema\.properties\.a: has no type/u,
    ],
    'a schema that is none': [
      { validation: { openAPIV3Schema: { type: 1 } } },
      /^spec\.crd\.spec\.validation\.openAPIV3Schema\.type: /u,
    ],
  };
  for (const [what, [written, expected]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.match(problemsOf(parse(written)).join('\n'), expected);
    });
  }

  it('refuses several targets, and none', () => {
    const spec = { crd: { spec: { names: { kind: 'A' } } }, targets: [] };
    const document = { apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate' };

    assert.deepEqual(problemsOf(parseTemplate({ ...document, metadata: { name: 'a' }, spec })), [
      'spec.targets: Expected exactly one target',
    ]);
  });
});

it('isTemplate() goes by group and kind', () => {
  const kind = 'ConstraintTemplate';

  assert.equal(isTemplate({ apiVersion: 'templates.gatekeeper.sh/v9', kind }), true);
  assert.equal(isTemplate({ apiVersion: 'example.com/v1', kind }), false);
  assert.equal(isTemplate('text'), false);
});
