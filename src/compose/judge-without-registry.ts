/** Images where no registry is asked: the commands that judge a review offline, and the demo. */
import type { Configuration } from '../config/schema.ts';
import { matchImageRule } from '../signature/image-trust/match-image-rule.ts';
import type { JudgeImages } from './running-images.ts';

const REASON = 'Registries are asked by a serving process alone, and by holdfast verify image';

/** What a rule names has no verdict: that it would pass is not shown here. */
export function judgeWithoutRegistry({ rules }: Configuration['images']): JudgeImages {
  return (images) =>
    images.map((image) => {
      const { status, isNew, registry = '', repository = '' } = image;
      if (status === 'unreadable' || !isNew) return image;
      const rule = matchImageRule({ registry, repository }, rules);
      if (rule === undefined) return { ...image, signature: { status: 'unjudged' } };
      const { name, unavailable: mode } = rule;
      return { ...image, signature: { status: 'unavailable', rule: name, reason: REASON, mode } };
    });
}
