/** Splits a commit or tag into payload and signature, for tests of verifiers. */

/** What a verifier takes. */
export interface SplitObject {
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** Undefined: there is no `gpgsig` header. Several are joined, as Git does. */
export function splitCommit(commit: Buffer): SplitObject | undefined {
  const text = commit.toString('latin1');
  const end = text.indexOf('\n\n') + 1;
  const header = /^gpgsig (?<first>.*)\n(?<rest>(?: .*\n)*)/gmu;
  const found = [...text.slice(0, end).matchAll(header)];
  if (found.length === 0) return undefined;
  const signature = found.map(
    ({ groups }) => `${groups?.['first']}\n${groups?.['rest']?.replaceAll(/^ /gmu, '')}`,
  );
  const payload = text.slice(0, end).replaceAll(header, '') + text.slice(end);
  return {
    payload: Buffer.from(payload, 'latin1'),
    signature: Buffer.from(signature.join(''), 'latin1'),
  };
}

/** The signature is the last armored block. */
export function splitTag(tag: Buffer): SplitObject | undefined {
  const at = tag.lastIndexOf('-----BEGIN ');
  return at === -1 ? undefined : { payload: tag.subarray(0, at), signature: tag.subarray(at) };
}
