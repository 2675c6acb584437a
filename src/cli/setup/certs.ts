/** `holdfast certs`: creates the webhook's CA and server certificate. */
import { resolve } from 'node:path';
import type { EnsuredCertificates } from '../../certificates/ensure-certificates.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';

/** Ten years: the upper limit of a manageable lifetime. */
const DAYS_MAX = 3650;
const DNS_DEFAULTS = ['localhost', 'holdfast.holdfast-system.svc'];
const IP_DEFAULTS = ['127.0.0.1', '::1'];

/** Creates missing or due certificates, and says why it kept the others. */
export const certsCommand: CommandDefinition = {
  name: 'certs',
  summary: 'Make or renew the certificates of the webhook',
  description:
    'Writes ca.crt, ca.key, tls.crt and tls.key. What is good is kept, so it can run on a timer: ' +
    'a certificate is renewed when two thirds of its life are over.',
  options: [
    { name: 'out', value: 'DIR', summary: 'where to write them', default: 'certs' },
    {
      name: 'dns',
      value: 'NAME',
      summary: `a name clients use; repeatable (default: ${DNS_DEFAULTS.join(', ')})`,
      repeatable: true,
    },
    {
      name: 'ip',
      value: 'ADDRESS',
      summary: `an address clients use; repeatable (default: ${IP_DEFAULTS.join(', ')}, without --dns)`,
      repeatable: true,
    },
    { name: 'days', value: 'N', summary: 'how long the server certificate lives', default: '365' },
    { name: 'force', summary: 'make everything anew, the authority too' },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'certs', note: 'for development, in certs/' },
    {
      line: 'certs --out tls --dns holdfast.holdfast-system.svc',
      note: 'for the Service of deploy/base',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const days = parseDays(input.text('days') ?? '');
  if (days === undefined) {
    context.report(
      `holdfast: --days wants a whole number from 1 to ${String(DAYS_MAX)}, found "${input.text('days') ?? ''}"`,
    );
    return 'usage';
  }
  const { ensureCertificates } = await import('../../certificates/ensure-certificates.ts');
  const { systemClock } = await import('../../base/clock.ts');
  const given = { dnsNames: input.texts('dns'), ipAddresses: input.texts('ip') };
  const isGiven = given.dnsNames.length + given.ipAddresses.length > 0;
  const ensured = await ensureCertificates({
    folder: resolve(context.workingDirectory, input.text('out') ?? 'certs'),
    ...(isGiven ? given : { dnsNames: DNS_DEFAULTS, ipAddresses: IP_DEFAULTS }),
    nowMs: systemClock.wallMs(),
    leafDays: days,
    force: input.flag('force'),
  });
  printAnswer(context, input, {
    table: () => formatText(ensured),
    json: () => formatJson(ensured),
  });
  return 'ok';
}

function parseDays(text: string): number | undefined {
  const days = /^\d{1,4}$/u.test(text) ? Number(text) : 0;
  return days >= 1 && days <= DAYS_MAX ? days : undefined;
}

function formatText({ plan, files, names, notAfterMs }: EnsuredCertificates): string {
  const line = (file: string, step: EnsuredCertificates['plan']['leaf']): string =>
    `${step.regenerate ? 'made' : 'kept'}  ${file}  ${step.reason}`;
  return [
    line(files.authorityCertificate, plan.authority),
    line(files.leafCertificate, plan.leaf),
    `names ${[...names.dnsNames, ...names.ipAddresses].join(', ')}`,
    `valid until ${new Date(notAfterMs).toISOString()}`,
  ].join('\n');
}

function formatJson({ plan, files, names, notAfterMs }: EnsuredCertificates): string {
  const notAfter = new Date(notAfterMs).toISOString();
  return JSON.stringify({ plan, files, names, notAfter });
}
