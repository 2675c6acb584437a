import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatReplacements } from './go-build.ts';
import { KUBERNETES_FAMILY } from './families.ts';
import { FLUX_FAMILIES } from './gitops.ts';

const GO_MOD = `module example.com/m

go 1.26

require example.com/a v1.0.0 // => not a replacement

replace example.com/m/api => ./api

// Fix a vulnerability
replace gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1

replace (
	// Why
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/client-go v0.1.0 => k8s.io/client-go v0.34.0
)
`;

describe('formatReplacements()', () => {
  it('takes versions over, and siblings at the version of the family', () => {
    assert.deepEqual(formatReplacements(GO_MOD, KUBERNETES_FAMILY), [
      'replace example.com/m/api => example.com/m/api v0.36.3',
      'replace gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1',
      'replace k8s.io/api => k8s.io/api v0.36.3',
      'replace k8s.io/client-go => k8s.io/client-go v0.34.0',
    ]);
  });

  it('leaves siblings to what the module requires where the family names no version', () => {
    assert.deepEqual(formatReplacements(GO_MOD, FLUX_FAMILIES.current), [
      'replace gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1',
      'replace k8s.io/client-go => k8s.io/client-go v0.34.0',
    ]);
  });
});
