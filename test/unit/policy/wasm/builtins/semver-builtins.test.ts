import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['semver.compare', '["1.2.3", "1.10.0"]', '-1'],
    ['semver.compare', '["v2.0.0", "1.9.9"]', '1'],
    ['semver.compare', '["1.0.0+a", "1.0.0+b"]', '0'],
    ['semver.compare', '["1.0.0-rc.1", "1.0.0"]', '-1'],
    ['semver.compare', '["1.0.0", "1.0.0-rc.1"]', '1'],
    ['semver.compare', '["1.0.0-alpha.2", "1.0.0-alpha.10"]', '-1'],
    ['semver.compare', '["1.0.0-alpha.1", "1.0.0-alpha.beta"]', '-1'],
    ['semver.compare', '["1.0.0-beta", "1.0.0-2"]', '1'],
    ['semver.compare', '["1.0.0-alpha.1", "1.0.0-alpha"]', '1'],
    ['semver.compare', '["1.0.0-alpha", "1.0.0-alpha.1"]', '-1'],
    ['semver.compare', '["1.0.0-a", "1.0.0-a"]', '0'],
    ['semver.is_valid', '["1.2.3-rc.1+build.7"]', 'true'],
    ['semver.is_valid', '["1.2"]', 'false'],
    ['semver.is_valid', '["1.02.3"]', 'false'],
    ['semver.is_valid', '["1.2.3-01"]', 'false'],
    ['semver.is_valid', '["1.2.3-"]', 'false'],
    ['semver.is_valid', '["1.2.3+"]', 'false'],
    ['semver.is_valid', '["1.2.3+a+b"]', 'false'],
    ['semver.is_valid', '["9223372036854775808.0.0"]', 'false'],
    ['semver.is_valid', '[1]', 'false'],
  ],
  failures: [
    ['semver.compare', '["1", "1.0.0"]', 'operand 1: string "1" is not a valid SemVer'],
    ['semver.compare', '["1.0.0", "x"]', 'operand 2: string "x" is not a valid SemVer'],
    ['semver.compare', '["1.0.0", 1]', 'operand 2 must be string but got number'],
  ],
})) {
  it(`SEMVER_BUILTINS: ${name}`, run);
}
