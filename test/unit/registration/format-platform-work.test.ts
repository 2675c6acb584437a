import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPlatformWork } from '../../../src/registration/format-platform-work.ts';

const options = {
  platformUsernames: ['system:kube-scheduler', 'system:serviceaccount:kube-system:job-controller'],
  recoveryUsernames: ['system:serviceaccount:kube-system:job-controller'],
  writerUsernames: [],
  gitopsNamespaces: ['argocd'],
  gitopsOnlyNamespaces: ['argocd', 'prod'],
  exemptNamespaces: [],
};

describe('isPlatformWork', () => {
  it('asks service accounts for a uid, which impersonation leaves out, and others only for their name', () => {
    assert.ok(
      isPlatformWork(options).startsWith(
        `(
  (
    request.userInfo.username == 'system:kube-scheduler' ||
    (
      request.userInfo.?uid.orValue('') != '' &&
      request.userInfo.username == 'system:serviceaccount:kube-system:job-controller'
    )
  ) &&`,
      ),
    );
  });

  it("is nobody's where no identity is named", () => {
    const nobody = { ...options, platformUsernames: [], recoveryUsernames: [] };
    assert.match(isPlatformWork(nobody), /^\(\n {2}\(false \|\| \(.* && false\)\) &&/u);
  });

  it('names each strict namespace once', () => {
    assert.ok(
      isPlatformWork(options).includes("!(request.?namespace.orValue('') in ['argocd', 'prod'])"),
    );
  });
});
