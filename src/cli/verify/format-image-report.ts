/** The output of `holdfast verify image`. */
import { printable } from '../../base/printable.ts';
import type {
  AttestationReport,
  CandidateReport,
  ImageReport,
  NamedVerdict,
} from '../../compose/verify-image.ts';
import type { BuildFacts } from '../../signature/cosign/decide-build.ts';
import { formatRow, formatVerdict } from './format-commit-report.ts';
import { formatSigner } from './format-signer.ts';

/** Lines for a person: the image, each candidate, what could not be read, who has signed and attested, and the verdict last. */
export function formatImageReport(report: ImageReport): string {
  const { image, manifest, candidates, faults, signers, attestations, steps } = report;
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
    ...signers.map(({ authority, signer }) =>
      formatRow('signed', `by ${formatSigner(signer)} (${authority})`),
    ),
    ...attestations.flatMap(formatAttestation),
    formatImageVerdict(report),
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
  const byFinding = new Map<string, Set<string>>();
  for (const verdict of verdicts) {
    const finding = formatFinding(verdict);
    const authorities = byFinding.get(finding) ?? new Set();
    byFinding.set(finding, authorities);
    if (verdict.authority !== undefined) authorities.add(verdict.authority);
  }
  const isShared = byFinding.size === 1;
  return [
    formatRow('candidate', `${place} (${format})`),
    ...[...byFinding].map(([finding, authorities]) =>
      formatRow('', isShared ? finding : `${[...authorities].join(', ')}: ${finding}`),
    ),
  ];
}

function formatFinding({ verification, attestation }: NamedVerdict): string {
  switch (verification.status) {
    case 'verified': {
      const what = attestation === undefined ? 'signed' : 'attested';
      return `counts: ${what} by ${formatSigner(verification.signer)}`;
    }
    case 'rejected':
      return `${verification.code}: ${verification.reason}`;
    case 'unavailable':
      return verification.reason;
  }
}

function formatAttestation(report: AttestationReport): readonly string[] {
  const { name } = report;
  switch (report.status) {
    case 'verified': {
      const { authority, signer, builder } = report;
      return [
        formatRow('attested', `${name} by ${formatSigner(signer)} (${authority})`),
        ...(builder === undefined ? [] : [formatRow('', `built by ${builder}`)]),
        ...formatSource(report),
      ];
    }
    case 'rejected':
      return [formatRow('unattested', `${name}: ${report.code}`)];
    case 'unavailable':
      return [formatRow('unattested', `${name}: nobody can tell now`)];
  }
}

function formatSource({
  sourceRepository: repository,
  sourceCommit: commit,
  sourceProblem: problem,
}: BuildFacts): readonly string[] {
  const what = repository === undefined ? 'source' : 'commit';
  return [
    ...(repository === undefined
      ? []
      : [`built from ${repository}${commit === undefined ? '' : ` at ${commit}`}`]),
    ...(problem === undefined ? [] : [`the ${what} is not known: ${SOURCE_PROBLEMS[problem]}`]),
  ].map((line) => formatRow('', line));
}

const SOURCE_PROBLEMS = {
  several: 'several are named',
  unreadable: 'what names it cannot be read',
} as const;

function formatImageVerdict({ verification, signers, attestations }: ImageReport): string {
  if (verification.status !== 'verified') return formatVerdict(verification);
  const attested = attestations.flatMap((one) => (one.status === 'verified' ? [one] : []));
  const parts = [
    { what: 'signed', by: signers },
    { what: 'attested', by: attested },
  ].flatMap(({ what, by }) => {
    const names = new Set(by.map(({ signer }) => formatSigner(signer)));
    return names.size === 0 ? [] : [`${what} by ${[...names].join(' and ')}`];
  });
  return formatRow('verified', parts.join('; '));
}
