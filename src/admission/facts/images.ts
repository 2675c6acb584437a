/** Which images the object lets run, and who has signed them. */
import type { RecordedImage } from '../../audit/audit-record.ts';
import type { ImageFact } from '../../image/images-fact.ts';
import { defineFact } from './fact.ts';

/** Of images without a judged signature a finding tells all that there is: only the others are recorded. */
export const imagesFact = defineFact('images', {
  needs: [],
  gather: ({ request, sources, deadlineAtMs }) => sources.describeImages(request, deadlineAtMs),
  record: (images) => {
    const recorded = images.flatMap(recordImage);
    return recorded.length === 0 ? {} : { images: recorded };
  },
});

function recordImage({ path, text = '', signature }: ImageFact): readonly RecordedImage[] {
  const place = { path, image: text };
  switch (signature?.status) {
    case 'verified': {
      const { status, rule, digest, signers, attestations } = signature;
      const attested = attestations.length === 0 ? {} : { attestations };
      return [{ ...place, status, rule, digest, signers, ...attested }];
    }
    case 'rejected': {
      const { status, rule, code } = signature;
      return [{ ...place, status, rule, code, signers: [] }];
    }
    case 'unavailable': {
      const { status, rule, lastVerifiedDigest: digest } = signature;
      return [{ ...place, status, rule, ...(digest !== undefined && { digest }), signers: [] }];
    }
    case 'unjudged':
    case undefined:
      return [];
  }
}
