import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findSettingProblems,
  type PolicySettings,
} from '../../../src/policy/find-setting-problems.ts';

const RULES = {
  descriptors: [
    { name: 'gitops_only_writes', parameters: { allowRestart: false, allowedAnnotations: [] } },
    { name: 'small_commits', parameters: { filesMax: 50 } },
    { name: 'latest_tag_warning', parameters: {} },
  ],
  sharedNames: ['writers'],
};

type Expected = readonly (readonly [readonly string[], string, string])[];

const TABLE: readonly (readonly [string, PolicySettings, Expected])[] = [
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
        'There are gitops_only_writes, latest_tag_warning, small_commits',
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
        findSettingProblems(settings, RULES),
        expected.map(([path, message, remedy]) => ({ path, message, remedy })),
      );
    });
  }
});
