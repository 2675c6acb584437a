import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSigningKeyText } from '../../../../src/base/json-web-signature.ts';
import { readSigningKeyFile } from '../../../../src/cli/grant/read-signing-key-file.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('readSigningKeyFile() reads a key, and says nothing of one that it cannot use', async (t) => {
  const workingDirectory = await makeTemporaryFolder(t, {
    'good.jwk': generateSigningKeyText(),
    'bad.jwk': 'my secret',
  });
  const { context } = recordContext({ workingDirectory });

  assert.equal((await readSigningKeyFile(context, 'good.jwk')).algorithm, 'EdDSA');
  await assert.rejects(readSigningKeyFile(context, 'bad.jwk'), {
    code: 'grant_key_unusable',
    message:
      'The key "bad.jwk" cannot be used: it is neither a JSON web key nor a PKCS #8 key in PEM',
  });
  await assert.rejects(readSigningKeyFile(context, 'absent.jwk'), {
    code: 'grant_key_unusable',
    message: /^The key "absent\.jwk" cannot be used: /u,
  });
  await assert.rejects(readSigningKeyFile(context, undefined), {
    code: 'grant_key_unusable',
    message: 'Name the file of your private key with --key',
  });
});
