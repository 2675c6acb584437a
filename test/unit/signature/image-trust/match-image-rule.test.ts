import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configurationSchema } from '../../../../src/config/schema.ts';
import { parseReference } from '../../../../src/image/parse-reference.ts';
import { matchImageRule } from '../../../../src/signature/image-trust/match-image-rule.ts';

const { images } = configurationSchema.parse({
  images: {
    authorities: [{ name: 'release', keyFiles: ['cosign.pub'] }],
    rules: [
      { name: 'nginx', images: ['docker.io/library/nginx'], authorities: ['release'] },
      { name: 'shop', images: ['registry.example.com:5000/shop/**'], authorities: ['release'] },
      { name: 'team', images: ['*.example.com/*/api'], authorities: ['release'] },
    ],
  },
});

function ruleOf(text: string): string | undefined {
  const reading = parseReference(text);
  assert.ok(reading.ok);
  return matchImageRule(reading.reference, images.rules)?.name;
}

describe('the rule of an image', () => {
  for (const [text, expected] of [
    ['nginx', 'nginx'],
    ['index.docker.io/library/nginx:1.27', 'nginx'],
    ['docker.io/other/nginx', undefined],
    ['registry.example.com:5000/shop/web/api@sha256:' + '0'.repeat(64), 'shop'],
    ['registry.example.com/shop/web', undefined],
    ['registry.example.com/team/api', 'team'],
    ['registry.example.com/a/b/api', undefined],
    ['registry.example.com.evil.org/team/api', undefined],
  ] as const) {
    it(`of ${text.slice(0, 60)} is ${expected ?? 'none'}`, () => {
      assert.equal(ruleOf(text), expected);
    });
  }
});
