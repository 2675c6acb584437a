import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isWriterAccount,
  touchesWriterAccount,
} from '../../../src/registration/format-writer-account.ts';

const options = {
  platformUsernames: [],
  recoveryUsernames: [],
  writerUsernames: ['system:serviceaccount:b:two', 'ci@example.com', 'system:serviceaccount:a:one'],
  gitopsNamespaces: [],
  gitopsOnlyNamespaces: [],
  exemptNamespaces: [],
};

describe('touchesWriterAccount', () => {
  it('names accounts by namespace and name, leaving out writers that are no service account', () => {
    assert.equal(
      isWriterAccount(options),
      `(
  (request.resource.group == '' && request.resource.resource == 'serviceaccounts') &&
  (request.?namespace.orValue('') + '/' + request.?name.orValue('')) in ['a/one', 'b/two']
)`,
    );
  });

  it('covers tokens asked for, kept in Secrets, old or new, and mounted into pods', () => {
    const expression = touchesWriterAccount(options);
    for (const part of [
      "request.resource.resource == 'serviceaccounts'",
      "object.?metadata.?annotations[?'kubernetes.io/service-account.name'].orValue('')",
      "oldObject.?metadata.?annotations[?'kubernetes.io/service-account.name'].orValue('')",
      "object.?spec.?serviceAccountName.orValue('default')",
    ]) {
      assert.ok(expression.includes(part), part);
    }
  });

  it('covers every account where the controllers are installed', () => {
    assert.equal(
      isWriterAccount({ ...options, writerUsernames: [], gitopsNamespaces: ['argocd'] }),
      `(
  (request.resource.group == '' && request.resource.resource == 'serviceaccounts') &&
  (request.?namespace.orValue('') == 'argocd' || false)
)`,
    );
  });
});
