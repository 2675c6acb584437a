/** The output of `holdfast verify image`. */
import { printable } from '../../base/printable.ts';
import type { CandidateReport, ImageReport } from '../../compose/verify-image.ts';
import type { Verification } from '../../signature/verification.ts';
import { formatRow, formatVerdict } from './format-commit-report.ts';
import { formatSigner } from './format-signer.ts';

/** Lines for a person: the image, each candidate, what could not be read, and the verdict last. */
export function formatImageReport(report: ImageReport): string {
  const { image, manifest, candidates, faults, verification, steps } = report;
  const lines = [
    formatRow('image', image),
    ...(manifest === undefined
      ? []
      : [
          formatRow('digest', manifest.digest),
          formatRow('media type', `${manifest.mediaType}, ${manifest.sizeBytes} bytes`),
        ]),
    ...candidates.flatMap(formatCandidate),
    ...faults.map(({ place, failure }) => formatRow('not read', `${place}: ${failure.reason}`)),
    ...steps.map(({ name, found, durationMs }) =>
      formatRow(name, `${found} (${durationMs.toFixed(2)} ms)`),
    ),
    formatVerdict(verification),
  ];
  return lines.map(printable).join('\n');
}

/** One JSON object, for programs. */
export function formatImageReportJson(report: ImageReport): string {
  const { steps, ...rest } = report;
  return JSON.stringify(
    {
      ...rest,
      // Microseconds; the clock's last digits are noise.
      steps: steps.map((step) => ({ ...step, durationMs: Number(step.durationMs.toFixed(3)) })),
    },
    undefined,
    2,
  );
}

/** A line for each thing that was found out; authorities that found the same share it. */
function formatCandidate({ place, format, verdicts }: CandidateReport): readonly string[] {
  const byFinding = new Map<string, string[]>();
  for (const { authority, verification } of verdicts) {
    const finding = formatFinding(verification);
    const authorities = byFinding.get(finding) ?? [];
    byFinding.set(finding, authorities);
    if (authority !== undefined) authorities.push(authority);
  }
  const isShared = byFinding.size === 1;
  return [
    formatRow('candidate', `${place} (${format})`),
    ...[...byFinding].map(([finding, authorities]) =>
      formatRow('', isShared ? finding : `${authorities.join(', ')}: ${finding}`),
    ),
  ];
}

function formatFinding(verification: Verification): string {
  switch (verification.status) {
    case 'verified':
      return `counts: signed by ${formatSigner(verification.signer)}`;
    case 'rejected':
      return `${verification.code}: ${verification.reason}`;
    case 'unavailable':
      return verification.reason;
  }
}
