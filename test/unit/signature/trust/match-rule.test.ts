import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchRule } from '../../../../src/signature/trust/match-rule.ts';
import { commitsSchema } from '../../../../src/signature/trust/settings.ts';

const signers = [{ scheme: 'ssh', principal: '*@example.com' }];
const { rules } = commitsSchema.parse({
  rules: [
    {
      name: 'production',
      repositories: ['https://git.example.com/platform/*'],
      paths: ['production/**'],
      signers,
    },
    { name: 'platform', repositories: ['https://git.example.com/platform/*'], signers },
  ],
});

function nameOf(repository: string, path: string): string | undefined {
  return matchRule({ repository, path }, rules)?.name;
}

describe('the rule of a repository and path', () => {
  it('the first that names both decides', () => {
    const repository = 'https://git.example.com/platform/shop';
    assert.equal(nameOf(repository, 'production/checkout'), 'production');
    assert.equal(nameOf(repository, 'staging/checkout'), 'platform');
    assert.equal(nameOf(repository, ''), 'platform');
  });

  it('a repository that no rule names has none', () => {
    assert.equal(nameOf('https://git.example.com/other/shop', ''), undefined);
    assert.equal(nameOf('https://git.example.com.evil.net/platform/shop', ''), undefined);
  });
});
