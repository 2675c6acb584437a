/** What the build says of code that OPA would compile and that misleads its reader. */
import { describeBuild, type BadSample, type Sample } from '../support/policy-source-samples.ts';

const FROM_LIBRARY = 'import data.holdfast.lib.words';
const DENY = 'deny contains {"code": "a", "message": "b"} if input.request.name == wanted';

const MISLEADING: readonly BadSample[] = [
  {
    states: 'a local variable with the name of a rule',
    code: [
      'deny contains {"code": "a", "message": "b"} if {',
      '  wanted := input.request.name',
      '  wanted == "bad"',
      '}',
      'wanted := "worse"',
    ],
    problems: [[2, 'the local name "wanted" hides the rule of that name; rename it']],
  },
  {
    states: 'an argument with the name of an import',
    code: [FROM_LIBRARY, DENY, 'wanted := bad(words.bad)', 'bad(words) := words'],
    library: ['bad := "bad"'],
    problems: [[4, 'the local name "words" hides the import of that name; rename it']],
  },
  {
    states: 'a local variable within a pattern with the name of a rule',
    code: [
      'deny contains {"code": "a", "message": $"{other}"} if {',
      '  [other, {"name": wanted}] := input.parameters.pair',
      '  wanted != other',
      '}',
      'wanted := "worse"',
    ],
    problems: [[2, 'the local name "wanted" hides the rule of that name; rename it']],
  },
  {
    states: 'what a loop goes through with the name of a built-in function',
    code: [
      'deny contains {"code": "a", "message": $"{count}"} if {',
      '  some count in input.parameters.counts',
      '}',
    ],
    problems: [[2, 'the local name "count" hides the built-in function of that name; rename it']],
  },
  {
    states: 'a rule with the name of a built-in function',
    code: [DENY, 'wanted := lower', 'lower := "bad"'],
    problems: [[3, 'the rule "lower" hides the built-in function of that name; rename it']],
  },
  {
    states: 'a reference to a rule that its library does not have',
    code: [FROM_LIBRARY, DENY, 'wanted := words.worse'],
    library: ['bad := "bad"'],
    problems: [
      [
        3,
        'no module defines "data.holdfast.lib.words.worse", so it is undefined; name a rule that exists',
      ],
    ],
  },
  {
    states: 'a reference to a library that is not there',
    code: ['import data.holdfast.lib.sentences', DENY, 'wanted := sentences.bad'],
    problems: [
      [
        3,
        'no module defines "data.holdfast.lib.sentences.bad", so it is undefined; name a rule that exists',
      ],
    ],
  },
  {
    states: 'a chain of else that may end without a value',
    code: [
      DENY,
      'wanted := "bad" if {',
      '  input.request.operation == "CREATE"',
      '} else := "worse" if {',
      '  input.request.operation == "UPDATE"',
      '}',
    ],
    problems: [
      [
        4,
        'the last "else" of "wanted" has a condition, so that "wanted" may be undefined; end with "else := …"',
      ],
    ],
  },
  {
    states: 'an import that nothing uses',
    code: [FROM_LIBRARY, 'deny contains {"code": "a", "message": "b"}'],
    library: ['bad := "bad"'],
    problems: [[1, 'import data.holdfast.lib.words unused']],
  },
  {
    states: 'a local variable that nothing uses',
    code: [
      'deny contains {"code": "a", "message": "b"} if {',
      '  unused := input.request.name',
      '}',
    ],
    problems: [[2, 'assigned var unused unused']],
  },
];

const GOOD: readonly Sample[] = [
  {
    states: 'local names within patterns that hide nothing',
    code: [
      'deny contains {"code": "a", "message": $"{first}{second}{name}"} if {',
      '  [first, {"b": second}] := input.parameters.pair',
      '  some name',
      '  input.parameters.names[name]',
      '  every index, value in input.parameters.pair { index != value }',
      '}',
    ],
  },
  {
    states: 'a chain of else with a default',
    code: [
      DENY,
      'default wanted := "worst"',
      'wanted := "bad" if {',
      '  input.request.operation == "CREATE"',
      '} else := "worse" if {',
      '  input.request.operation == "UPDATE"',
      '}',
    ],
  },
];

describeBuild(MISLEADING, GOOD);
