import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isPlatformWork,
  isPlatformWorkOnChildren,
} from '../../../src/registration/format-platform-work.ts';

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
    for (const condition of [isPlatformWork(options), isPlatformWorkOnChildren(options)]) {
      assert.match(
        condition,
        /username == 'system:kube-scheduler' \|\|\n\s+\(\n\s+request\.userInfo\.\?uid\.orValue\(''\) != '' &&\n\s+request\.userInfo\.username == 'system:serviceaccount:kube-system:job-controller'/u,
      );
    }
  });

  it("is nobody's where no identity is named", () => {
    const nobody = { ...options, platformUsernames: [], recoveryUsernames: [] };
    for (const condition of [isPlatformWork(nobody), isPlatformWorkOnChildren(nobody)]) {
      assert.match(condition, /\(false \|\| \(.* && false\)\)/u);
    }
  });

  it('names each strict namespace once', () => {
    assert.ok(
      isPlatformWork(options).includes("!(request.?namespace.orValue('') in ['argocd', 'prod'])"),
    );
  });

  it('leaves the shared name its token requests, unless all controllers act under it', () => {
    const platformUsernames = ['system:kube-controller-manager', 'system:kube-scheduler'];
    const own = { ...options, platformUsernames };
    const shared = { ...own, sharedControllerManager: true };
    const count = (text: string) => text.split("'system:kube-controller-manager'").length - 1;
    assert.equal(count(isPlatformWorkOnChildren(own)), 0);
    assert.equal(count(isPlatformWork(own)), 1);
    assert.equal(count(isPlatformWorkOnChildren(shared)), 1);
    assert.equal(count(isPlatformWork(shared)), 6);
  });
});
