import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatClosing } from '../../../src/admission/format-denial.ts';
import { readDenial } from './denial.ts';

const id = '01M7YJ9AHCV7JN4NMWH62Y3WPF';

describe('readDenial()', () => {
  it('reads the webhook, the findings and the lines, and stops at the last line', () => {
    const closing = formatClosing(['a by p', 'b by q'], { cluster: 'c', id });
    const stderr = `error: could not patch: admission webhook "a.test" denied the request: \none\ntwo\n${closing}\nYou can run kubectl replace\n`;
    assert.deepEqual(readDenial({ stderr }), {
      webhook: 'a.test',
      findings: ['a by p', 'b by q'],
      cluster: 'c',
      lines: ['one', 'two'],
    });
  });

  it('finds none in other failures', () => {
    const stderr = 'Error from server (Forbidden): User "bob" cannot patch resource';
    assert.equal(readDenial({ stderr }), undefined);
  });

  it('finds none where another webhook refused', () => {
    const stderr = 'admission webhook "other.test" denied the request: \nno\n(just no)\n';
    assert.equal(readDenial({ stderr }), undefined);
  });
});
