/** What Fulcio writes of a workflow into its certificate. Source: Fulcio, docs/oid-info.md. */
import type { FulcioBuild } from '../../../src/signature/sigstore/parse-fulcio-identity.ts';
import { extension } from '../signatures/certificate-builder.ts';
import { utf8 } from '../signatures/der.ts';

const IDS = {
  buildSigner: '1.3.6.1.4.1.57264.1.9',
  sourceRepository: '1.3.6.1.4.1.57264.1.12',
  sourceDigest: '1.3.6.1.4.1.57264.1.13',
} as const;

/** The extensions of a certificate for this build. */
export function buildExtensions(build: FulcioBuild): readonly Buffer[] {
  return (['buildSigner', 'sourceRepository', 'sourceDigest'] as const).flatMap((name) => {
    const text = build[name];
    return text === undefined ? [] : [extension(IDS[name], utf8(text))];
  });
}
