import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['crypto.md5', '["é"]', '"66ddcd97cfdeabb2f6fb8a999b4bc76f"'],
    ['crypto.sha1', '["a"]', '"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"'],
    ['crypto.sha256', '[""]', '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'],
    ['crypto.hmac.md5', '["a", "k"]', '"ddcf3d210049e7135f61affae73731cd"'],
    ['crypto.hmac.equal', '["a", "a"]', 'true'],
    ['crypto.hmac.equal', '["a", "ab"]', 'false'],
  ],
  failures: [['crypto.sha1', '[1]', 'operand 1 must be string but got number']],
})) {
  it(`HASH_BUILTINS: ${name}`, run);
}
