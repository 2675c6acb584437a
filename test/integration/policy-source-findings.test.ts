/** What the build says of findings that would vanish with an undefined part, and of those without a code. */
import { describeBuild, type BadSample, type Sample } from '../support/policy-source-samples.ts';

const INTERPOLATE =
  'and without it nothing is found; write $"…{part}…", which prints what is undefined as <undefined>';

const FROM_LIBRARY = 'import data.holdfast.lib.words';

const UNCHECKED =
  'what "deny" collects cannot be checked; write it out: "deny contains {"code": …, "message": …} if …"';

function unread(reference: string): string {
  return `the "details" of "deny" read "${reference}", which may be undefined, and then nothing is found; make it a condition of the rule`;
}

/** How many rules that stand for each other are followed. */
const NESTED_MAX = 17;

/** Rules that each stand for the next, one more than are followed. */
function nest(value: string): readonly string[] {
  const rules = Array.from({ length: NESTED_MAX }, (_, n) => `rule_${n} := rule_${n + 1}`);
  return [...rules, `rule_${NESTED_MAX} := ${value}`];
}

const BAD_FINDINGS: readonly BadSample[] = [
  {
    states: 'a message by concat',
    code: ['deny contains {"code": "a", "message": concat(" ", [input.request.name, "is bad"])}'],
    problems: [
      [1, `the "message" of "deny" is built by "concat", which may be undefined, ${INTERPOLATE}`],
    ],
  },
  {
    states: 'a message by sprintf, assigned in the conditions',
    code: [
      'deny contains {"code": "a", "message": text} if {',
      '  text := sprintf("%s is bad", [input.request.name])',
      '}',
    ],
    problems: [
      [1, `the "message" of "deny" is built by "sprintf", which may be undefined, ${INTERPOLATE}`],
    ],
  },
  {
    states: 'a sum as the path of a warning',
    code: ['warn contains {"code": "a", "message": "b", "path": input.parameters.a + 1}'],
    problems: [
      [1, `the "path" of "warn" is built by "plus", which may be undefined, ${INTERPOLATE}`],
    ],
  },
  {
    states: 'a remedy that is part of the request',
    code: ['audit contains {"code": "a", "message": "b", "remedy": input.parameters.remedy}'],
    problems: [
      [
        1,
        `the "remedy" of "audit" is "input.parameters.remedy", which may be undefined, ${INTERPOLATE}`,
      ],
    ],
  },
  {
    states: 'a message of a rule that has a condition',
    code: [
      'deny contains {"code": "a", "message": text}',
      'text := "Bad" if input.request.name == "bad"',
    ],
    problems: [
      [
        1,
        `the "message" of "deny" is the rule "text", which may be undefined: none of its values is without a condition, ${INTERPOLATE}`,
      ],
    ],
  },
  {
    states: 'a message of a library rule that concatenates',
    code: [FROM_LIBRARY, 'deny contains {"code": "a", "message": words.text}'],
    library: ['text := concat(" ", [input.request.name, "is bad"])'],
    problems: [
      [
        2,
        `the "message" of "deny" is the rule "words.text", which is built by "concat", which may be undefined, ${INTERPOLATE}`,
      ],
    ],
  },
  {
    states: 'a message of a library function, whose argument may be undefined',
    code: [FROM_LIBRARY, 'deny contains {"code": "a", "message": words.text(input.request.name)}'],
    library: ['text(name) := $"{name} is bad"'],
    problems: [
      [
        2,
        `the "message" of "deny" is built by "words.text", which may be undefined, ${INTERPOLATE}`,
      ],
    ],
  },
  {
    states: 'a remedy that is a set, a message that is an object, and a rule that stands for one',
    code: [
      'deny contains {"code": "a", "message": texts, "remedy": hints}',
      'warn contains {"code": "a", "message": text} if { text := all_hints }',
      'texts["a"] := "b"',
      'hints contains "Change it."',
      'all_hints := hints',
    ],
    problems: [
      ['message', 'deny', 'texts'],
      ['remedy', 'deny', 'hints'],
    ]
      .map(([key, rule, name]): readonly [number, string] => [
        1,
        `the "${key}" of "${rule}" is the rule "${name}", which collects values, wanted one text; give the rule one value with ":="`,
      ])
      .concat([
        [
          2,
          'the "message" of "warn" is the rule "hints", which collects values, wanted one text; give the rule one value with ":="',
        ],
      ]),
  },
  {
    states: 'a finding of a rule, with a message by concat',
    code: [
      'deny contains refusal if input.request.name == "bad"',
      'refusal := {"code": "a", "message": concat("", ["b"])}',
    ],
    problems: [
      [2, `the "message" of "deny" is built by "concat", which may be undefined, ${INTERPOLATE}`],
    ],
  },
  {
    states: 'a code that may be undefined',
    code: ['deny contains {"code": input.parameters.code, "message": "b"}'],
    problems: [
      [
        1,
        `the "code" of "deny" is "input.parameters.code", which may be undefined, ${INTERPOLATE}`,
      ],
    ],
  },
  {
    states: 'a denial without a code',
    code: ['deny contains {"message": "b"} if input.request.name == "bad"'],
    problems: [[1, 'what "deny" collects has no "code"']],
  },
  {
    states: 'a denial without a code or a message, assigned in the conditions',
    code: ['deny contains finding if {', '  finding := {"path": "spec"}', '}'],
    problems: [
      [2, 'what "deny" collects has no "code"'],
      [2, 'what "deny" collects has no "message"'],
    ],
  },
  {
    states: 'a finding that a function makes',
    code: ['deny contains object.union({"code": "a"}, {"message": concat("", ["b"])})'],
    problems: [[1, UNCHECKED]],
  },
  {
    states: 'details that no condition reads',
    code: ['deny contains {"code": "a", "message": "b", "details": {"kind": input.request.kind}}'],
    problems: [[1, unread('input.request.kind')]],
  },
  {
    states: 'details that only a negated condition reads',
    code: [
      'deny contains {"code": "a", "message": "b", "details": input.request.options} if {',
      '  not input.request.options',
      '}',
    ],
    problems: [[1, unread('input.request.options')]],
  },
  {
    states: 'details in a list, in a set and as an operand that no condition reads',
    code: [
      'deny contains {"code": "a", "message": "b", "details": {',
      '  "list": [input.request.name, input.request.kind],',
      '  "once": {input.request.options},',
      '  "size": count(input.request.object),',
      '}} if input.request.name == "bad"',
    ],
    problems: [
      [2, unread('input.request.kind')],
      [3, unread('input.request.options')],
      [4, unread('input.request.object')],
    ],
  },
  {
    states: 'a finding of a rule that does not write it out',
    code: ['deny contains finding', 'finding := input.parameters.finding'],
    problems: [[1, UNCHECKED]],
  },
  {
    states: 'a finding below more rules than are followed',
    code: ['deny contains rule_0', ...nest('{"code": "a", "message": "b"}')],
    problems: [[1, UNCHECKED]],
  },
  {
    states: 'a message below more rules than are followed',
    code: ['deny contains {"code": "a", "message": rule_0}', ...nest('"b"')],
    problems: [
      [
        1,
        `the "message" of "deny" ${Array.from({ length: NESTED_MAX }, (_, n) => `is the rule "rule_${n}", which `).join('')}is nested too deeply to be checked, ${INTERPOLATE}`,
      ],
    ],
  },
];

const GOOD: readonly Sample[] = [
  {
    states: 'details that are never undefined',
    code: [
      'deny contains {"code": "a", "message": "b", "details": {',
      '  "text": $"{input.request.kind}",',
      '  "number": 1,',
      '  "names": [name | some name in input.parameters.names],',
      '  "passed": passed,',
      '  "total": total,',
      '}} if {',
      '  some passed in input.parameters.names',
      '}',
      'total := "all"',
    ],
  },
  {
    states: 'a message through a library function inside of a template',
    code: [
      FROM_LIBRARY,
      'deny contains {"code": "a", "message": $"{words.text(input.request.name)}."}',
    ],
    library: ['text(name) := concat(" ", [name, "is bad"])'],
  },
  {
    states: 'texts of rules that end without a condition',
    code: [
      FROM_LIBRARY,
      'deny contains {"code": code, "message": words.text, "remedy": remedy}',
      'code := "a" if { input.request.name == "a" } else := "b"',
      'default remedy := "Do not"',
      'remedy := $"Do {input.parameters.instead}" if input.parameters.instead',
    ],
    library: ['text := $"{input.request.name} is bad"'],
  },
  {
    states: 'texts that the conditions go through',
    code: [
      'deny contains {"code": code, "message": text} if {',
      '  some code, text in {"a": "b"}',
      '}',
    ],
  },
  {
    states: 'details that the conditions read',
    code: [
      'deny contains {"code": "a", "message": "b", "details": {"name": input.request.name, "all": names}} if {',
      '  input.request.name == "bad"',
      '  count(names) > 0',
      '}',
      'names := [name | some name in input.parameters.names]',
    ],
  },
];

describeBuild(BAD_FINDINGS, GOOD);
