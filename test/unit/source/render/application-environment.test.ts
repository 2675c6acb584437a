import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandVariables } from '../../../../src/source/render/application-environment.ts';
import { ENVIRONMENT } from '../../../support/render-samples.ts';

test('expandVariables() knows the variables of Argo CD, and empties others', () => {
  const text = '$ARGOCD_APP_NAME-${ARGOCD_APP_REVISION_SHORT}-$OTHER-$$HOME-${}';
  assert.equal(expandVariables(text, ENVIRONMENT), 'shop-0123456--$HOME-');
  assert.equal(
    expandVariables('$ARGOCD_APP_REVISION_SHORT_8 $ARGOCD_APP_NAMESPACE', ENVIRONMENT),
    '01234567 shop-ns',
  );
});
