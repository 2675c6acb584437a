/** What the build says of findings that would vanish with an undefined part, and of those without a code. */
import { describeBuild, type BadSample, type Sample } from '../support/policy-source-samples.ts';

const INTERPOLATE =
  'and without it nothing is found; write $"…{part}…", which prints what is undefined as <undefined>';

const FROM_LIBRARY = 'import data.holdfast.lib.words';

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
    problems: [
      [
        1,
        'what "deny" collects cannot be checked; write it out: "deny contains {"code": …, "message": …} if …"',
      ],
    ],
  },
  {
    states: 'details that no condition reads',
    code: ['deny contains {"code": "a", "message": "b", "details": {"kind": input.request.kind}}'],
    problems: [
      [
        1,
        'the "details" of "deny" read "input.request.kind", which may be undefined, and then nothing is found; make it a condition of the rule',
      ],
    ],
  },
  {
    states: 'details that only a negated condition reads',
    code: [
      'deny contains {"code": "a", "message": "b", "details": input.request.options} if {',
      '  not input.request.options',
      '}',
    ],
    problems: [
      [
        1,
        'the "details" of "deny" read "input.request.options", which may be undefined, and then nothing is found; make it a condition of the rule',
      ],
    ],
  },
];

const GOOD: readonly Sample[] = [
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
