import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findSettingProblems,
  type SettingRules,
} from '../../../src/policy/find-setting-problems.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';

const enforced = { mode: 'enforce', failure: 'deny' } as const;

const RULES: SettingRules = {
  descriptors: [
    {
      ...enforced,
      name: 'gitops_only_writes',
      parameters: { allowRestart: false, allowedAnnotations: [] },
    },
    { ...enforced, name: 'small_commits', parameters: { filesMax: 50 } },
    { ...enforced, name: 'latest_tag_warning', parameters: {} },
    {
      ...enforced,
      name: 'described',
      parameters: { of: 'commit', rules: [] },
      parametersSchema: {
        of: { enum: ['commit', 'path'] },
        rules: { type: 'array', items: { type: 'object', required: ['name'] } },
        extra: { type: 'string' },
      },
    },
  ],
  sharedNames: ['writers'],
};

type Expected = readonly (readonly [readonly (string | number)[], string, string])[];

const TABLE: readonly (readonly [string, object, Expected])[] = [
  ['nothing where all is known', { small_commits: { parameters: { filesMax: 5 } } }, []],
  ['nothing in settings without parameters', { small_commits: {} }, []],
  [
    'a policy that is misspelt',
    { gitops_only_write: {} },
    [
      [
        ['gitops_only_write'],
        'There is no policy "gitops_only_write"',
        'Did you mean "gitops_only_writes"?',
      ],
    ],
  ],
  [
    'a policy that nothing is like',
    { pay_day: {} },
    [
      [
        ['pay_day'],
        'There is no policy "pay_day"',
        'There are described, gitops_only_writes, latest_tag_warning, small_commits',
      ],
    ],
  ],
  [
    'a parameter that is misspelt',
    { gitops_only_writes: { parameters: { allowRestarts: true } } },
    [
      [
        ['gitops_only_writes', 'parameters', 'allowRestarts'],
        'The policy "gitops_only_writes" has no parameter "allowRestarts"',
        'Did you mean "allowRestart"?',
      ],
    ],
  ],
  [
    'a parameter of a policy that has none',
    { latest_tag_warning: { parameters: { tags: [] } } },
    [
      [
        ['latest_tag_warning', 'parameters', 'tags'],
        'The policy "latest_tag_warning" has no parameter "tags"',
        'It has none',
      ],
    ],
  ],
  [
    'a value of another type',
    { small_commits: { parameters: { filesMax: '50' } } },
    [
      [
        ['small_commits', 'parameters', 'filesMax'],
        'Expected a number, found a text',
        'The default is 50',
      ],
    ],
  ],
  [
    'what a schema does not allow, with the place in the value',
    { described: { parameters: { of: 'comit', rules: [{ name: 'a' }, {}], extra: 1 } } },
    [
      [
        ['described', 'parameters', 'of'],
        'Expected "commit", "path", found "comit"',
        'Did you mean "commit"?',
      ],
      [['described', 'parameters', 'rules', 1], 'Expected the key "name"', 'The default is []'],
      [
        ['described', 'parameters', 'extra'],
        'Expected a text, found a number',
        'It has no default',
      ],
    ],
  ],
  [
    'a parameter of an override',
    {
      small_commits: {
        overrides: [
          { namespaces: ['a'], mode: 'warn' },
          { namespaces: ['b'], parameters: { linesMax: 1 } },
        ],
      },
    },
    [
      [
        ['small_commits', 'overrides', 1, 'parameters', 'linesMax'],
        'The policy "small_commits" has no parameter "linesMax"',
        'Did you mean "filesMax"?',
      ],
    ],
  ],
  [
    'a parameter that would replace a part of the configuration',
    { small_commits: { parameters: { writers: [] } } },
    [
      [
        ['small_commits', 'parameters', 'writers'],
        'The parameter "writers" is not one of the policy "small_commits": every policy is given it',
        'Set it in the section of the configuration that it comes from',
      ],
    ],
  ],
];

describe('findSettingProblems()', () => {
  for (const [what, settings, expected] of TABLE) {
    it(`finds ${what}`, () => {
      assert.deepEqual(
        findSettingProblems(policiesSchema.parse({ settings }), RULES),
        expected.map(([path, message, remedy]) => ({
          about: path.length === 1 ? 'policy' : 'parameter',
          path: ['settings', ...path],
          message,
          remedy,
        })),
      );
    });
  }

  it('finds labels that nobody keeps', () => {
    const overrides = [{ namespaceSelector: { matchLabels: { stage: 'dev' } }, mode: 'warn' }];

    assert.deepEqual(findSettingProblems(policiesSchema.parse({ overrides }), RULES), [
      {
        about: 'labels',
        path: ['settings', 'namespace_labels'],
        message:
          'Namespaces are selected by "stage", and anyone who may label a namespace could write that: there is no policy "namespace_labels"',
        remedy:
          'Set policies.settings.namespace_labels.mode to enforce, and to nothing else anywhere; or select namespaces by name',
      },
    ]);
  });
});
