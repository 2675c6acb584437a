import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatConfigurationPath,
  formatConfigurationProblem,
} from '../../../src/config/problem.ts';

for (const [path, text] of [
  [[], ''],
  [['server', 'tls', 'keyFile'], 'server.tls.keyFile'],
  [['identity', 'writers', 0, 'proof'], 'identity.writers[0].proof'],
  [['policies', 'namespaces', 'team-*'], 'policies.namespaces["team-*"]'],
  [['a.b'], '["a.b"]'],
] as const) {
  test(`formatConfigurationPath() writes ${JSON.stringify(path)} as ${text}`, () => {
    assert.equal(formatConfigurationPath(path), text);
  });
}

test('formatConfigurationProblem() looks like a compiler', () => {
  const problem = { file: 'h.yaml', line: 3, column: 9, path: 'a.b', message: 'Wrong' };

  assert.equal(formatConfigurationProblem(problem), 'h.yaml:3:9: a.b: Wrong');
  assert.equal(
    formatConfigurationProblem({ ...problem, path: '', remedy: 'Right it' }),
    'h.yaml:3:9: Wrong\n  Right it',
  );
});
