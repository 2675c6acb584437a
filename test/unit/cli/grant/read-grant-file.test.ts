import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatGrantManifest, readGrantFile } from '../../../../src/cli/grant/read-grant-file.ts';
import { recordContext } from '../../../support/command-context.ts';
import { approve, makeApprover, sampleGrant } from '../../../support/grants.ts';

const token = await approve(sampleGrant(), [await makeApprover('anna'), await makeApprover('ben')]);
const empty = await approve({}, [await makeApprover('anna')]);
const approvals = token.split(' ');
const whole = { grant: sampleGrant(), payload: JSON.stringify(sampleGrant()), approvals };

function read(stdin: string) {
  return readGrantFile(recordContext({ stdin }).context, '-');
}

describe('readGrantFile()', () => {
  it('reads the bare signatures', async () => {
    assert.deepEqual(await read(`${token}\n`), whole);
  });

  it('reads the manifest that formatGrantManifest() writes', async () => {
    const manifest = formatGrantManifest({ grant: sampleGrant(), approvals }, 'holdfast-system');

    assert.deepEqual(await read(manifest), whole);
  });

  const nothing: readonly (readonly [string, string, string])[] = [
    ['an empty text', '', 'it holds no signature'],
    ['another manifest', 'kind: Pod\nspec: { approvals: [a] }', 'it holds no signature'],
    [
      'a signature over something else',
      empty,
      'it is malformed in "id" (Invalid input: expected string, received undefined), "subject" (Invalid input: expected string, received undefined), "groups" (Invalid input: expected array, received undefined)',
    ],
  ];
  for (const [what, text, reason] of nothing) {
    it(`finds no grant in ${what}`, async () => {
      await assert.rejects(read(text), {
        code: 'grant_file_unusable',
        message: `There is no grant in standard input: ${reason}`,
      });
    });
  }

  it('says which file cannot be read', async () => {
    await assert.rejects(readGrantFile(recordContext().context, 'absent.yaml'), {
      code: 'grant_file_unusable',
      message: /^There is no grant in "absent\.yaml": /u,
    });
  });
});
