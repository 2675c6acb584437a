import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGuardedWork } from '../../../src/registration/format-guarded-work.ts';

const condition = isGuardedWork({
  platformUsernames: ['system:kube-scheduler'],
  recoveryUsernames: [],
  writerUsernames: [],
  gitopsNamespaces: ['argocd'],
  gitopsOnlyNamespaces: [],
  exemptNamespaces: [],
  installationNamespaces: ['argocd', 'holdfast-system'],
}).replaceAll(/\s+/gu, ' ');

describe('isGuardedWork', () => {
  it('asks about addresses that change: of nodes where the controllers are installed, of controllers anywhere', () => {
    assert.match(
      condition,
      /oldObject\.\?status\.\?podIP != object\.\?status\.\?podIP \|\| oldObject\.\?status\.\?podIPs != object\.\?status\.\?podIPs/u,
    );
    assert.match(
      condition,
      /username == 'system:kube-scheduler' .* \|\| \( request\.userInfo\.username\.startsWith\('system:node:'\) && request\.\?namespace\.orValue\(''\) in \['argocd', 'holdfast-system'\] && oldObject\.\?status\.\?podIP\.orValue\(''\) != '' \)/u,
    );
  });

  it('asks about leases of the installations, but for an account of the same namespace with a token', () => {
    assert.match(
      condition,
      /resource == 'leases'\) && request\.\?namespace\.orValue\(''\) in \['argocd', 'holdfast-system'\] && !\( request\.userInfo\.\?uid\.orValue\(''\) != '' && request\.userInfo\.username\.startsWith\(\('system:serviceaccount:' \+ request\.\?namespace\.orValue\(''\) \+ ':'\)\) \)/u,
    );
  });
});
