/** Digests and keyed digests (RFC 2104) of the text's UTF-8, in hexadecimal. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { Builtin, BuiltinFamily } from './builtin.ts';
import { textOperand } from './operand.ts';

/** By their Rego name. */
export const HASH_BUILTINS: BuiltinFamily = {
  'crypto.hmac.equal': (operands) => {
    const [a, b] = [textOperand(operands, 0), textOperand(operands, 1)].map((text) =>
      createHash('sha256').update(text).digest(),
    );
    return a !== undefined && b !== undefined && timingSafeEqual(a, b);
  },
  'crypto.hmac.md5': hmac('md5'),
  'crypto.hmac.sha1': hmac('sha1'),
  'crypto.hmac.sha256': hmac('sha256'),
  'crypto.hmac.sha512': hmac('sha512'),
  'crypto.md5': digest('md5'),
  'crypto.sha1': digest('sha1'),
  'crypto.sha256': digest('sha256'),
};

function digest(algorithm: string): Builtin {
  return (operands) => createHash(algorithm).update(textOperand(operands, 0)).digest('hex');
}

function hmac(algorithm: string): Builtin {
  return (operands) => {
    const [text, key] = [textOperand(operands, 0), textOperand(operands, 1)];
    return createHmac(algorithm, key).update(text).digest('hex');
  };
}
