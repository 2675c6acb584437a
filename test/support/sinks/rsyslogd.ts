/** A real rsyslogd on loopback, receiving over TLS and writing each message into a file. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { prepareSinkTarget } from '../assets/sink-targets.ts';
import { issueTestCertificate, serverCertificatesOf } from '../certificates.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { makeTargetFolder, startTargetProcess } from './target-process.ts';
import type { TargetProcess } from './target-process.ts';

export interface Rsyslogd extends TargetProcess {
  readonly port: number;
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** What was written, in order. */
  readonly received: () => Promise<readonly ReceivedMessage[]>;
}

/** The parts of a message, as rsyslogd has parsed them. */
export interface ReceivedMessage {
  readonly priority: string;
  readonly host: string;
  readonly program: string;
  readonly structuredData: string;
  readonly text: string;
}

/** Starts it; it ends with the test. It wants a certificate of our authority, as RFC 5425 section 4.2.1 asks. */
export async function startRsyslogd(t: TestContext): Promise<Rsyslogd> {
  const program = await prepareSinkTarget('rsyslogd');
  const folder = await makeTargetFolder();
  const [port = 0] = await findFreePorts(1);
  const files = await writeCertificates(folder);
  await writeFile(join(folder, 'rsyslog.conf'), formatConfiguration(folder, port));
  const running = await startTargetProcess(t, {
    program,
    argv: ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')],
    folder,
    isReady: () => isServing(port, files),
  });
  return { ...running, ...files, port, received: () => readReceived(join(folder, 'out.jsonl')) };
}

async function writeCertificates(folder: string) {
  const { authority, server } = serverCertificatesOf('log');
  const client = issueTestCertificate({
    commonNames: ['holdfast'],
    purpose: 'client',
    issuer: authority,
  });
  const texts = {
    'ca.crt': authority.cert,
    'server.crt': server.cert,
    'server.key': server.key,
    'client.crt': client.cert,
    'client.key': client.key,
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  return {
    caFile: join(folder, 'ca.crt'),
    certificateFile: join(folder, 'client.crt'),
    keyFile: join(folder, 'client.key'),
  };
}

// Without a queue, what has been read has been written: a kill then shows what the sink does, and not what rsyslogd had in
// memory. Each part as a JSON text, so that a newline in a message cannot look like the next message.
function formatConfiguration(folder: string, port: number): string {
  const part = (name: string, property: string): string =>
    `  constant(value="\\"${name}\\":\\"") property(name="${property}" format="json") constant(value="\\"")`;
  return `global(
  workDirectory="${folder}"
  maxMessageSize="8k"
  defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${folder}/ca.crt"
  defaultNetstreamDriverCertFile="${folder}/server.crt"
  defaultNetstreamDriverKeyFile="${folder}/server.key"
)
main_queue(queue.type="Direct")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="line" type="list") {
  constant(value="{")
${part('priority', 'pri')}
  constant(value=",")
${part('host', 'hostname')}
  constant(value=",")
${part('program', 'app-name')}
  constant(value=",")
${part('structuredData', 'structured-data')}
  constant(value=",")
${part('text', 'msg')}
  constant(value="}\\n")
}
ruleset(name="keep") {
  action(type="omfile" file="${folder}/out.jsonl" template="line" asyncWriting="off" flushOnTXEnd="on")
}
input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="keep")
`;
}

/** A handshake alone: nothing is sent, so nothing is received. */
async function isServing(
  port: number,
  files: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string },
): Promise<boolean> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: await readFile(files.caFile),
    cert: await readFile(files.certificateFile),
    key: await readFile(files.keyFile),
  });
  return new Promise((resolve) => {
    socket.once('secureConnect', () => {
      socket.end();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

async function readReceived(file: string): Promise<readonly ReceivedMessage[]> {
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ReceivedMessage);
}
